// Companies sign up with a work address; everyone else is told why not.
const free = new Set(["gmail.com", "outlook.com", "yahoo.com"]);

export async function onExecutePreUserRegistration(event: PreUserRegistrationEvent, api: PreUserRegistrationApi) {
  const domain = event.user.email?.split("@")[1]?.toLowerCase() ?? "";
  if (free.has(domain)) {
    api.access.deny("free_email", "Please use a work email");
    return;
  }
  console.log("sign-up from", domain);
}
