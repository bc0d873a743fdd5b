import { Words } from "./catalogue";

export const fi: Words = {
  help: "Apua",
  title: "Katsotaanko sivua yhdessä?",
  shared: [
    "Asiakastuen henkilö näkee tämän kaupan sivun, jota katsot, millä tahansa välilehdellä, kaupan "
      + "muiden välilehtien nimet ja hiiresi paikan.",
    "Kirjoittamasi pysyy piilossa: nimiä, osoitteita, salasanoja ja korttinumeroita ei lähetetä.",
    "Tallennamme, kuka katsoi ja milloin.",
    "Voit lopettaa milloin tahansa.",
  ],
  recorded: "Tämä istunto tallennetaan. Vain tarkastajat voivat avata tallenteen.",
  yes: "Kyllä, jaa tämä sivu",
  no: "Ei kiitos",
  end: "Lopeta",
  close: "Sulje",
  connecting: "Yhdistetään …",
  waiting: "Odotetaan apua. Paikkasi jonossa: {place}",
  looking: "{name} katsoo sivua kanssasi",
  unrecorded: " (ei kirjata)",
  paused: "Kukaan ei katso nyt. Odotetaan apua.",
  elsewhere: "Tämän kaupan toinen välilehti on jaettu.",
  asked: "{name} pyytää sinua avaamaan välilehden ”{tab}”.",
  hidden: "Tätä sivua ei jaeta.",
  slow: "Jakaminen loppui tällä sivulla: se hidasti sivua.",
  lost: "Yhteys katkesi. Yritetään uudelleen …",
  busy: "Apua ei voi juuri nyt aloittaa. Yritetään uudelleen …",
  thanks: "Kiitos. Mitään ei enää jaeta.",
  unavailable: "Apua ei ole saatavilla tällä sivulla.",
  fault: "Jakaminen päättyi vian vuoksi. Mitään ei enää jaeta.",
};
