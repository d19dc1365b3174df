// Which pages the viewer gets.
import { user } from "../core/session.js";
import { pages } from "../pages/index.js";

/** Whether the viewer may open a page. */
export const isAllowed = (page) => Boolean(user()) && (page.isFor?.() ?? true);

/** The pages of the menu that the viewer may open. */
export const visiblePages = () => pages.filter((page) => page.section && isAllowed(page));
