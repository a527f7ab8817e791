// Writes a line to the run log after each login.
export async function after_login(user: AfterLoginEvent["user"]) {
  console.log(`Login: email=${user.email} id=${user.user_id}`);
}
