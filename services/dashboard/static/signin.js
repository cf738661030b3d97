// The link /masuk#<token> signs in by itself. What follows the # never reaches a server's log; it is taken out of
// the address and the history before anything else happens.

const form = document.querySelector("[data-signin]");
const token = decodeURIComponent(location.hash.slice(1));
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.token.value = token;
  form.requestSubmit();
}
