// Asks the browser for a passkey, to be made or to be used, and sends its answer.
const form = document.getElementById("answer");
const { act, options } = JSON.parse(form.dataset.ask);

function say(text) {
  const said = document.getElementById("said");
  said.querySelector("span").textContent = text;
  said.hidden = false;
  document.getElementById("asking").hidden = true;
}

async function ask() {
  if (act === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  ask().then(
    (credential) => {
      form.elements.answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    },
    (error) => {
      say(
        error.name === "InvalidStateError"
          ? "This device has a passkey of your account already."
          : "No passkey was used. Go back and try again, or sign in another way.",
      );
    },
  );
} else {
  say("This browser does not know passkeys. Use a newer one, or sign in another way.");
}
