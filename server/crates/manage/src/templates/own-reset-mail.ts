// Delivers the password reset token with your own text.
export async function send_password_reset_email(
  email: SendPasswordResetEmailEvent["email"],
  token: SendPasswordResetEmailEvent["token"],
) {
  await Aerocall.auth.sendEmail({
    to: email,
    subject: "Choose a new password",
    text: `Open https://app.example.com/reset?token=${token} to choose a new password.`,
  });
}
