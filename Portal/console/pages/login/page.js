// Log in: password, second factor, forgotten password, and a password that is too old.
import { Problem, api, refreshSession } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { session, user } from "../../core/session.js";
import { toasts } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { mark } from "../../widgets/icon.js";

/** The page for somebody who is not logged in. */
export default function login() {
  document.title = "Log in · Radian";
  const step = signal(user()?.password_expired ? "expired" : "password");
  const credentials = {};

  const open = async (values) => {
    session.set(await api.post("auth/session/", values));
    if (user()?.password_expired) step.set("expired");
  };

  const steps = {
    password: () => [
      h("h1", "Log in"),
      form(
        [
          { name: "username", label: "User name, e-mail address or phone number", required: true, autocomplete: "username", attributes: { autofocus: true, autocapitalize: "none" } },
          { name: "password", label: "Password", type: "password", required: true, autocomplete: "current-password" },
        ],
        {
          action: "Log in",
          submit: async (values) => {
            try {
              await open(values);
            } catch (problem) {
              if (!(problem instanceof Problem) || problem.code !== "second_factor_required") throw problem;
              Object.assign(credentials, values);
              step.set("code");
            }
          },
        },
      ),
      h("p", h("button.link", { type: "button", onclick: () => step.set("forgotten") }, "Forgotten the password?")),
    ],
    code: () => [
      h("h1", "Second factor"),
      h("p.quiet", "Your authenticator shows six digits. A recovery code does as well."),
      form([{ name: "code", label: "Code", required: true, autocomplete: "one-time-code", attributes: { autofocus: true, inputmode: "text", autocapitalize: "none" } }], {
        action: "Log in",
        submit: (values) => open({ ...credentials, ...values }),
        cancel: () => step.set("password"),
      }),
    ],
    forgotten: () => [
      h("h1", "New password"),
      h("p.quiet", "A letter with a link goes to the e-mail address of the account."),
      form([{ name: "input", label: "User name, e-mail address or phone number", required: true, autocomplete: "username", attributes: { autofocus: true } }], {
        action: "Send the letter",
        submit: async (values) => {
          await api.post("users/password/reset/", values);
          step.set("sent");
        },
        cancel: () => step.set("password"),
      }),
    ],
    sent: () => [
      h("h1", "Look into your mail"),
      h("p", "If there is such an account, a letter is on its way. Its link works for a limited time."),
      h("button.button", { type: "button", onclick: () => step.set("password") }, "Back to log in"),
    ],
    expired: () => [
      h("h1", "Your password is too old"),
      h("p.quiet", "Choose a new one to go on."),
      form(
        [
          { name: "old_password", label: "Password until now", type: "password", required: true, autocomplete: "current-password" },
          { name: "new_password1", label: "New password", type: "password", required: true, autocomplete: "new-password" },
          { name: "new_password2", label: "New password again", type: "password", required: true, autocomplete: "new-password" },
        ],
        {
          action: "Change it",
          submit: async (values) => {
            await api.post("users/user/password/change/", values);
            await refreshSession();
            if (!user()) step.set("password");
          },
        },
      ),
    ],
  };

  return h(
    "div.login-page",
    h("main.login-box", h("p.login-brand", mark(), "Radian"), () => {
      const content = steps[step()]();
      queueMicrotask(() => document.querySelector(".login-box [autofocus]")?.focus());
      return content;
    }),
    toasts(),
  );
}
