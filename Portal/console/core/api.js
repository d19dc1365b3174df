// The server's JSON routes: CSRF token, problems, pages of lists, cancelling.
import { language } from "./preferences.js";
import { onEnd, signal } from "./reactive.js";
import { session } from "./session.js";

const root = "/api/v1/";

/** Why the server did not do what was asked. */
export class Problem extends Error {
  /**
   * @param {number} status 0 when the server could not be reached.
   * @param {object} body `detail` and `code`, or fields with their errors.
   */
  constructor(status, body) {
    const { detail, code, non_field_errors: general, ...fields } = body ?? {};
    const isDetail = typeof detail === "string";
    super(isDetail ? detail : [general].flat().filter(Boolean).join(" "));
    this.status = status;
    this.code = code;
    /** Errors by field, each an array of texts. */
    this.fields = isDetail || status !== 400 ? {} : Object.fromEntries(Object.entries(fields).map(([name, texts]) => [name, [texts].flat().map(String)]));
    if (!this.message && Object.keys(this.fields).length > 0) this.message = "Some fields need another value.";
    if (!this.message) this.message = explanation(status);
  }
}

function explanation(status) {
  if (status === 0) return "The server does not answer. Check the network; nothing was changed as far as is known here.";
  if (status === 404) return "This is not there, or not yours to see.";
  if (status === 403) return "You are not allowed to do this.";
  if (status === 429) return "Too many requests. Wait a moment.";
  if (status >= 500) return "The server could not do it. Its log tells more.";
  return `The server refused it (${status}).`;
}

async function send(method, path, { query, body, abort } = {}) {
  const address = new URL(path.startsWith("/") ? path : root + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") address.searchParams.set(name, value);
  }
  const headers = { Accept: "application/json" };
  if (language.peek()) headers["Accept-Language"] = language.peek();
  if (method !== "GET") headers["X-CSRF-Token"] = session.peek()?.csrf_token ?? "";
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address, {
      method,
      headers,
      body: body === undefined || isForm ? body : JSON.stringify(body),
      credentials: "same-origin",
      signal: abort,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, null);
  }
  if (response.ok) return response;
  const document = await response.json().catch(() => null);
  const problem = new Problem(response.status, document);
  // A refusal may mean that the session has ended meanwhile: the shell asks for the password again.
  if ([401, 403].includes(response.status) && !path.startsWith("auth/session/")) await refreshSession();
  throw problem;
}

/** Asks the server who is logged in. */
export async function refreshSession() {
  const response = await send("GET", "auth/session/");
  session.set(await response.json());
}

async function content(response) {
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return null;
  return response.json().catch(() => null);
}

/** The routes by method; paths are relative to `/api/v1/`. Each throws {@link Problem}. */
export const api = {
  get: async (path, options) => content(await send("GET", path, options)),
  post: async (path, body = {}, options) => content(await send("POST", path, { ...options, body })),
  patch: async (path, body, options) => content(await send("PATCH", path, { ...options, body })),
  put: async (path, body, options) => content(await send("PUT", path, { ...options, body })),
  delete: async (path, body, options) => content(await send("DELETE", path, { ...options, body })),

  /** One page of a list, whichever way the route pages: `{ rows, total, hasNext }`; total is null where the server does not tell. */
  async page(path, query, abort) {
    const response = await send("GET", path, { query, abort });
    const document = await response.json();
    if (Array.isArray(document)) {
      const link = response.headers.get("Link") ?? "";
      const hasNext = /rel="next"/.test(link);
      const size = Number(query?.page_size ?? document.length);
      const last = /[?&]page=(\d+)[^>]*>;\s*rel="last"/.exec(link)?.[1];
      const page = Number(query?.page ?? 1);
      const total = hasNext ? null : (page - 1) * size + document.length;
      return { rows: document, total, pages: last ? Number(last) : page, hasNext };
    }
    return { rows: document.results ?? [], total: document.count ?? null, hasNext: Boolean(document.next) };
  },

  /** All rows of a list, up to a limit, page by page. */
  async all(path, query = {}, { limit = 10_000, abort, onProgress } = {}) {
    const rows = [];
    for (let page = 1; rows.length < limit; page += 1) {
      const part = await api.page(path, { ...query, page, page_size: 100 }, abort);
      rows.push(...part.rows);
      onProgress?.(rows.length, part.total);
      if (!part.hasNext) break;
    }
    return rows;
  },

  /** An answer that is a file, kept in memory. */
  async file(path) {
    return (await send("GET", path)).blob();
  },
};

/**
 * What a request brought: `data()`, `problem()`, `isLoading()`, `reload()`, `set(data)`.
 * @param load gets an abort signal; a newer request cancels the older one.
 */
export function resource(load) {
  const data = signal(undefined);
  const problem = signal(null);
  const isLoading = signal(false);
  let running = null;
  const reload = async () => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    isLoading.set(true);
    try {
      const value = await load(mine.signal);
      if (running !== mine) return;
      data.set(value);
      problem.set(null);
    } catch (error) {
      if (running !== mine || error.name === "AbortError") return;
      problem.set(error instanceof Problem ? error : Object.assign(new Problem(500, null), { cause: error }));
      if (!(error instanceof Problem)) console.error(error);
    } finally {
      if (running === mine) isLoading.set(false);
    }
  };
  onEnd(() => {
    running?.abort();
    running = null;
  });
  reload();
  return { data, problem, isLoading, reload, set: data.set };
}
