// The parts of d3 that draw charts; the map adds those for the earth.
import "vendor/d3";

export const d3 = /** @type {any} */ (globalThis).d3;
