import { Words } from "./catalogue";

export const et: Words = {
  help: "Abi",
  title: "Kas vaatame lehte koos?",
  shared: [
    "Klienditoe inimene näeb selle poe lehte, mida vaatad, igal vahelehel, poe teiste vahelehtede "
      + "nimesid ja sinu hiire asukohta.",
    "See, mida kirjutad, jääb peidetuks: nimesid, aadresse, paroole ja kaardinumbreid ei saadeta.",
    "Salvestame, kes vaatas ja millal.",
    "Võid igal ajal lõpetada.",
  ],
  recorded: "See seanss salvestatakse. Salvestist saavad avada ainult audiitorid.",
  yes: "Jah, jaga seda lehte",
  no: "Ei, aitäh",
  end: "Lõpeta",
  close: "Sulge",
  connecting: "Ühendamine …",
  waiting: "Ootame abi. Sinu koht järjekorras: {place}",
  looking: "{name} vaatab koos sinuga",
  unrecorded: " (ei jää kirja)",
  paused: "Praegu ei vaata keegi. Ootame abi.",
  elsewhere: "Jagatakse selle poe teist vahelehte.",
  asked: "{name} palub sul avada vahelehe „{tab}”.",
  hidden: "Seda lehte ei jagata.",
  slow: "Jagamine siin lõpetati: see tegi lehe aeglaseks.",
  lost: "Ühendus katkes. Proovime uuesti …",
  busy: "Abi ei saa praegu alustada. Proovime uuesti …",
  thanks: "Aitäh. Midagi enam ei jagata.",
  unavailable: "Sellel lehel abi ei ole.",
  fault: "Jagamine katkes vea tõttu. Midagi enam ei jagata.",
};
