// The library that keeps the page's elements, under one roof: Preact with htm.
export {
  html, render, useState, useEffect, useMemo, useRef, useCallback,
} from "vendor/htm-preact";
