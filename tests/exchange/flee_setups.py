"""Small Flee set-ups as folders of text, for tests; every name and number is invented."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,10\n",
    "input_csv/locations.csv": (
        "#name,region,country,latitude,longitude,location_type,conflict_date,population\n"
        "Alba,North,Mali,10,20,conflict_zone,0,5000\n"
        "Brod,North,Mali,10.5,20,town,,\n"
        "Cava,South,DRC,11,20,camp,,900\n"
        "Dorn,South,DRC,11,21,camp,,700\n"
    ),
    "input_csv/routes.csv": (
        "#name1,name2,distance,forced_redirection\nAlba,Brod,60,\nBrod,Cava,80,0\nBrod,Dorn,120,\n"
    ),
    "input_csv/closures.csv": (
        "#closure_type,name1,name2,closure_start,closure_end\n"
        "country,Mali,DRC,2,5\nlink,Brod,Dorn,1,-1\ncamp,Dorn,,0,4\n"
    ),
    "input_csv/conflicts.csv": (
        "#Day,Alba,Brod,Cava,Dorn\n" + "".join(f"{d},{int(d < 6)},0,0,0\n" for d in range(10))
    ),
    "input_csv/registration_corrections.csv": "Cava,2020-01-06,normalize\n",
    "source_data/data_layout.csv": "total,all.csv\nCava,c1.csv,c2.csv\nDorn,d.csv\n",
    "source_data/all.csv": "2020-01-01,0\n2020-01-05,300\n",
    "source_data/c1.csv": "2020-01-01,0\n2020-01-04,100\n2020-01-06,80\n",
    "source_data/c2.csv": (
        "Date,Count\n2020-01-01,0\n# counted again\n2020-01-05,60,note\n2020-01-07,\n"
    ),
    "source_data/d.csv": "2020-01-01,0\n2020-01-05,40\n",
    "simsetting.yml": "move_rules:\n  max_move_speed: 200.0\n  awareness_level: 1\n",
}


def setup(folder: Path, **changed: str | None) -> Path:
    """Write the set-up to ``folder``; ``changed`` replaces files by the stem, ``None`` removes."""
    files = dict(FILES)
    for stem, text in changed.items():
        name = next((n for n in files if Path(n).stem == stem), f"input_csv/{stem}.csv")
        if text is None:
            files.pop(name, None)
        else:
            files[name] = text
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
