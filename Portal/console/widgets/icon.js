// Line drawings of 16 units, in the colour of the text around.
import { svg } from "../core/reactive.js";

const drawings = {
  overview: "M2 13a6 6 0 1 1 12 0M8 13l3-4",
  sessions: "M2 6a9 9 0 0 1 12 0M4.2 8.6a5.6 5.6 0 0 1 7.6 0M6.3 11a2.6 2.6 0 0 1 3.4 0M8 13.2v.1",
  authentications: "M5.5 10.5a3 3 0 1 1 2.6-4.5H14v2.5h-1.5V10H11V8.5H8.1a3 3 0 0 1-2.6 2M5.5 7.5v.1",
  debug: "M7 12A5 5 0 1 1 7 2a5 5 0 0 1 0 10M10.6 10.6 14 14M7 4.6v2.8M7 9.3v.1",
  users: "M6 7.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.4a2.6 2.6 0 0 1 0 4.8M12 9.8c1.600.600 2.500 1.900 2.500 3.700",
  organizations: "M2.500 14V2.500h6V14M8.500 6.500h5V14M1 14h14M5 5.500h1M5 8h1M5 10.500h1M10.700 9h.8M10.700 11.500h.8",
  groups: "M8 2 14 5 8 8 2 5ZM2 8l6 3 6-3M2 11l6 3 6-3",
  import: "M8 2v7M5 6.500 8 9.500l3-3M2.500 10.500v3h11v-3",
  vouchers: "M1.500 4.500h13v2.200a1.400 1.400 0 0 0 0 2.600v2.200h-13V9.300a1.400 1.400 0 0 0 0-2.600ZM10 5v1.500M10 7.500v1M10 9.500V11",
  nas: "M2 9.500h12v4H2ZM4.500 11.500v.1M7 11.500v.1M8 9.500V6M5.500 5.500a3.500 3.500 0 0 1 5 0M3.700 3.500a6 6 0 0 1 8.600 0",
  topology: "M3.500 5.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3M12.500 7a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3M6 13.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3M5 4.200l6 1.100M4.100 5.400l1.400 5.200M11.500 6.700 7.100 11",
  portal: "M3 2.500h10v11H3ZM5.500 5.500h5M5.500 8h5M6.500 11h3",
  roles: "M8 1.800 13.500 4v4c0 3.200-2.300 5.200-5.500 6.300C4.800 13.200 2.500 11.200 2.500 8V4ZM5.700 8l1.700 1.700 3-3.200",
  api: "M5 4 1.500 8 5 12M11 4l3.500 4L11 12M9.200 3 6.800 13",
  audit: "M3.500 1.800h6.300l2.700 2.700v9.700h-9ZM6 6.500h4M6 9h4M6 11.500h2.500",
  account: "M8 8.200a2.900 2.900 0 1 0 0-5.800 2.900 2.900 0 0 0 0 5.800M2.800 14c.3-2.500 2.500-4 5.200-4s4.900 1.500 5.200 4",
  search: "M7 11.500a4.500 4.500 0 1 1 0-9 4.500 4.500 0 0 1 0 9M10.400 10.400 14 14",
  menu: "M2 4h12M2 8h12M2 12h12",
  close: "M3.500 3.500l9 9M12.500 3.500l-9 9",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4 6 8l4 4",
  check: "M3 8.500 6.500 12 13 4.500",
  copy: "M5.500 5.500h8v8h-8ZM3.500 10.500h-1v-8h8v1",
  plus: "M8 3v10M3 8h10",
  export: "M8 10V2.500M5 5l3-3 3 3M2.500 10.500v3h11v-3",
  columns: "M2 2.500h12v11H2ZM6 2.500v11M10 2.500v11",
  warning: "M8 2 14.500 13.500h-13ZM8 6.500v3.300M8 11.600v.1",
  key: "M5 8.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5M6.800 9.200 13.500 2.500M11 5l2 2",
  print: "M4.500 6V2h7v4M4.500 11.500H2V6h12v5.500h-2.500M4.500 9.500h7V14h-7Z",
  light: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M8 1.500V3M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1",
};

/** A drawing; it says nothing to screen readers, the text beside it does. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, svg("path", { d: drawings[name] ?? drawings.right }));
}

/** The mark of the program: a circle with the sector of one radian. */
export function mark() {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    svg("circle", { class: "mark-circle", cx: 12, cy: 12, r: 9.5 }),
    // From 0 to 1 rad on a circle of radius 9.5 about (12, 12).
    svg("path", { class: "mark-sector", d: "M12 12H21.5A9.5 9.5 0 0 0 17.133 4.006Z" }),
  );
}
