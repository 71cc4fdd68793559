// What the page uses of others' modules, for the type check (jsconfig.json).
export function html(strings: TemplateStringsArray, ...values: any[]): any;
export function render(what: any, where: Element): void;
export function useState<T>(first: T): [T, (next: T | ((now: T) => T)) => void];
export function useEffect(effect: () => void | (() => void), on?: unknown[]): void;
export function useMemo<T>(make: () => T, on: unknown[]): T;
export function useRef<T>(first: T): { current: T };
export function useCallback<T>(call: T, on: unknown[]): T;
