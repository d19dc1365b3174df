// Starts the console.
import { refreshSession } from "./core/api.js";
import { theme } from "./core/preferences.js";
import { computed, effect, h, mount, settle, untracked } from "./core/reactive.js";
import { go, parameter, path, to } from "./core/router.js";
import { user } from "./core/session.js";
import login from "./pages/login/page.js";
import { isReady, loginAddress, shell } from "./shell/shell.js";

effect(() => {
  if (theme() === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme();
});

const body = document.getElementById("console");
// Somebody whose password is too old may do nothing but change it.
const mayWork = computed(() => Boolean(user()) && !user().password_expired);
let end = () => {};

function safeNext() {
  const next = parameter("next");
  return /^\/(?!\/)/.test(next) ? to("/").slice(0, -1) + next : to("/");
}

refreshSession()
  .then(() => {
    effect(() => {
      const isIn = mayWork();
      const ready = isReady();
      const isLogin = path() === "/login";
      if (!ready) return;
      untracked(() => {
        if (isIn && isLogin) return go(safeNext(), { replace: true });
        if (!isIn && !isLogin) return go(loginAddress(), { replace: true });
        return undefined;
      });
    });
    effect(() => {
      const isIn = mayWork();
      untracked(() => {
        end();
        end = mount(body, isIn ? shell : login);
      });
    });
    settle();
  })
  .catch((problem) => {
    mount(body, () =>
      h("main.alone", h("h1", "The console cannot start"), h("p", problem.message), h("button.button.primary", { type: "button", onclick: () => location.reload() }, "Try again")));
  });
