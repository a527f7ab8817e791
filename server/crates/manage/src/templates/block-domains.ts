// Refuses addresses at disposable e-mail providers.
const blocked = ["tempmail.com", "disposable.com", "mailinator.com"];

export async function onExecuteValidateRegistrationUsername(
  event: ValidateRegistrationUsernameEvent,
  api: ValidateRegistrationUsernameApi,
) {
  const domain = event.user.email.split("@")[1]?.toLowerCase() ?? "";
  if (blocked.includes(domain)) {
    api.deny("Signups from disposable email providers are not allowed");
  }
}
