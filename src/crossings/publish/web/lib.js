// The libraries of others, under one roof: Preact with htm, and the parts of d3 that draw.
import "vendor/d3";

export {
  html, render, useState, useEffect, useMemo, useRef, useCallback,
} from "vendor/htm-preact";

export const d3 = /** @type {any} */ (globalThis).d3;
