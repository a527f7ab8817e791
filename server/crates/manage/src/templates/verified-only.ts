// Refuses the login until the e-mail address has been verified.
export async function onExecutePostLogin(event: PostUserLoginEvent, api: PostUserLoginApi) {
  if (!event.user.email_verified) {
    api.access.deny("Please verify your e-mail address first.");
  }
}
