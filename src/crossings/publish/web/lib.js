// The libraries of others, under one roof: Preact with htm, and the parts of d3 that draw.
import "vendor/d3-array";
import "vendor/d3-color";
import "vendor/d3-interpolate";
import "vendor/d3-format";
import "vendor/d3-time";
import "vendor/d3-time-format";
import "vendor/d3-path";
import "vendor/d3-shape";
import "vendor/d3-scale";
import "vendor/d3-geo";

export {
  html, render, useState, useEffect, useMemo, useRef, useCallback,
} from "vendor/htm-preact";

export const d3 = /** @type {any} */ (globalThis).d3;
