"""What is known of a crisis, and ``as_of``, the only gate to its past.

``records`` holds the rows as values, ``times`` how moments are written, ``tables`` the columns of
the files, ``reading`` and ``checking`` what is wrong with a folder, ``folder`` the way in and out,
``catalogue`` situations by name.
"""
