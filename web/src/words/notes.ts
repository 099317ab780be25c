// What the server remarks is English. These are its sentences in Indonesian; one that is not here stays as it is.
import { link } from "../state/link";

const SENTENCES: [RegExp, string][] = [
  [/^households without a location are in no hexagon$/, "Keluarga tanpa lokasi tidak masuk heksagon mana pun."],
  [/^(\d+) (?:areas|hexagons) have no figure \(withheld or unknown\) and are left out, not taken for zero: (.*)$/, "$1 tempat tanpa angka (dirahasiakan atau tidak ada data) tidak ikut dihitung, bukan dianggap nol: $2."],
  [/^no neighbour with a figure: (.*)$/, "Tidak punya tetangga dengan angka: $1."],
  [/^(\d+) (?:areas|hexagons): the power is low, .*$/, "Hanya $1 tempat: daya uji rendah, jadi “tidak signifikan” bukan berarti tidak ada apa-apa."],
  [/^Of most blocks the figure is withheld\..*$/, "Angka sebagian besar blok dirahasiakan. Bila sedikit keluarga dalam blok yang tersisa, yang tampak adalah blok yang angkanya menyimpang ke atas: jumlahnya terlalu tinggi, dan satu kantong bisa saja kebetulan. Saringan yang lebih luas atau persentase per kelurahan lebih dapat dipercaya."],
  [/^No location is recorded for about ([\d ]+) of ([\d ]+) households: .*$/, "Sekitar $1 dari $2 keluarga tidak punya lokasi: blok tempat mereka dihitung membentuk kantong per kelurahan."],
  [/^Figures are of blocks of twenty and more households: .*$/, "Angka adalah angka blok berisi dua puluh keluarga atau lebih: seluruh blok masuk kantong bila pusatnya di dalamnya. Profil mencakup semua keluarga di blok, bukan hanya yang dipilih."],
  [/^Left out: (\d+) households without a location, in (\d+) kelurahan .*$/, "Tidak ikut: $1 keluarga tanpa lokasi di $2 kelurahan yang jumlahnya terlalu sedikit."],
  [/^Left out: (\d+) blocks, because their figures are withheld\.$/, "Tidak ikut: $1 blok yang angkanya dirahasiakan."],
  [/^weighted mean of normalised criteria; .*$/, "Rata-rata berbobot kriteria yang dinormalkan; selang peringkat dari bobot Dirichlet dan persentase yang disampel ulang."],
];

/** noted gives a remark in the language of the page. */
export function noted(note: string): string {
  const found = link.value.language === "ID" && SENTENCES.find(([sentence]) => sentence.test(note));
  return found ? note.replace(found[0], found[1]).replace(/(\d) (?=\d{3})/g, "$1.") : note;
}
