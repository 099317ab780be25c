// Fills of areas, by name: a colour, and a pattern where colour must not speak alone. Sequences are ColorBrewer's (YlOrBr,
// PuOr, RdBu), which colour-blind people can tell apart; on a dark ground the strong end is the bright one.
export interface Fill {
  colour: string;
  pattern?: "hatch" | "dots" | "grid";
}

/** The fill of class i of n, 0 the best. */
export const classFill = (i: number, n: number) => `class${n <= 1 ? 4 : Math.round((i * 4) / (n - 1))}`;

const LIGHT: Record<string, Fill> = {
  class0: { colour: "#ffeebf" }, class1: { colour: "#fed98e" }, class2: { colour: "#fe9929" }, class3: { colour: "#d95f0e" }, class4: { colour: "#993404" },
  zero: { colour: "#ffffff" }, plain: { colour: "#e9edf1" },
  withheld: { colour: "#d9dee3", pattern: "hatch" }, unknown: { colour: "#eef1f4", pattern: "dots" },
  better2: { colour: "#5e3c99" }, better1: { colour: "#b2abd2" }, same: { colour: "#f2f2f2" }, worse1: { colour: "#fdb863" }, worse2: { colour: "#d86000" },
  hot99: { colour: "#b2182b" }, hot95: { colour: "#ef8a62" }, hot90: { colour: "#fddbc7" }, cold90: { colour: "#d1e5f0" }, cold95: { colour: "#67a9cf" }, cold99: { colour: "#2166ac" },
  pocket: { colour: "#d95f0e" }, unlocated: { colour: "#fbe3d0", pattern: "grid" }, drawing: { colour: "#0b6bcb" }, counted: { colour: "#5e3c99" }, family: { colour: "#b2182b" },
};

const DARK: Record<string, Fill> = {
  ...LIGHT,
  class0: { colour: "#4d3410" }, class1: { colour: "#7d4f12" }, class2: { colour: "#b87418" }, class3: { colour: "#e8a43c" }, class4: { colour: "#ffe39a" },
  zero: { colour: "#10161d" }, plain: { colour: "#2a323b" },
  withheld: { colour: "#39424c", pattern: "hatch" }, unknown: { colour: "#262d35", pattern: "dots" },
  better2: { colour: "#b6a4e8" }, better1: { colour: "#7463a6" }, same: { colour: "#3a424a" }, worse1: { colour: "#b1722a" }, worse2: { colour: "#ffb35c" },
  hot99: { colour: "#ff8a7a" }, hot95: { colour: "#c4574c" }, hot90: { colour: "#6d3a36" }, cold90: { colour: "#2f4c60" }, cold95: { colour: "#4a87ad" }, cold99: { colour: "#8fd0ff" },
  pocket: { colour: "#ffb35c" }, unlocated: { colour: "#4a3420", pattern: "grid" }, drawing: { colour: "#6db8ff" }, counted: { colour: "#c3b3f5" }, family: { colour: "#ff8a7a" },
};

/** Lines and letters on the map. */
export interface Ink {
  ground: string;
  line: string;
  strong: string;
  text: string;
}

export const inks: Record<"light" | "dark", Ink> = {
  light: { ground: "#f7f9fb", line: "#8a96a3", strong: "#1b2733", text: "#1b2733" },
  dark: { ground: "#141a21", line: "#66727e", strong: "#f2f5f8", text: "#f2f5f8" },
};

export const fills: Record<"light" | "dark", Record<string, Fill>> = { light: LIGHT, dark: DARK };

/** The fill of a name; an unknown name is plain. */
export const fillOf = (name: string, theme: "light" | "dark"): Fill => fills[theme][name] ?? fills[theme].plain!;
