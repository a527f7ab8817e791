// Greets a new user.
export async function afterSignup({ payload, Aerocall }: HookArguments) {
  const { email, given_name } = payload.user;
  if (!email) return;
  await Aerocall.auth.sendEmail({
    to: email,
    subject: "Welcome",
    text: `Hello ${given_name ?? "there"}, good to have you here.`,
  });
}
