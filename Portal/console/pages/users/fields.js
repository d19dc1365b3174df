// The fields of a user, for the form of a new one and of one that is there.
import { managedOrganizations } from "../../shell/organizations.js";
import { user as viewer } from "../../core/session.js";

/** @param user the account as the server has it; nothing for a new one. */
export function userFields(user = {}) {
  return [
    { name: "username", label: "User name", required: true, value: user.username, maxlength: 150, help: "Letters, digits and @ . + - _", attributes: { autocapitalize: "none" } },
    { name: "email", label: "E-mail address", type: "email", value: user.email ?? "", maxlength: 254 },
    { name: "first_name", label: "First name", value: user.first_name, maxlength: 150 },
    { name: "last_name", label: "Last name", value: user.last_name, maxlength: 150 },
    { name: "phone_number", label: "Phone number", type: "tel", value: user.phone_number ?? "", placeholder: "+39 366 4255801", help: "With the code of the country." },
    { name: "expiration_date", label: "Good until", type: "date", value: user.expiration_date ?? "", help: "The last day of the account; empty for always." },
    { name: "is_active", label: "Active: may log in", type: "check", value: user.is_active ?? true },
    { name: "is_staff", label: "May use this console", type: "check", value: user.is_staff ?? false },
    ...(viewer()?.is_superuser ? [{ name: "is_superuser", label: "Superuser: may do everything, everywhere", type: "check", value: user.is_superuser ?? false }] : []),
  ];
}

/** What the server wants of the values: nothing instead of empty texts where it tells them apart. */
export function userBody(values) {
  const body = { ...values };
  for (const name of ["email", "phone_number", "expiration_date", "birth_date"]) if (body[name] === "") body[name] = null;
  if (body.phone_number) body.phone_number = body.phone_number.replace(/[^\d+]/g, "");
  return body;
}

/** A choice of organization for forms. */
export const organizationField = (extra = {}) => ({
  name: "organization", label: "Organization", type: "select", options: () => [["", extra.none ?? "Choose…"], ...managedOrganizations().map((each) => [each.id, each.name])], ...extra,
});
