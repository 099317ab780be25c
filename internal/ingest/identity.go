package ingest

import (
	"slices"
	"strings"
	"unicode"

	"kantong/internal/registry"
)

// numberIsIdentity is the length of an NIK and of a family-card number.
const numberIsIdentity = 16

// looksLikeIdentityNumber tells whether text holds 16 or more digits in a row, written with or without spaces, dots or
// dashes between them.
func looksLikeIdentityNumber(text string) bool {
	if len(text) < numberIsIdentity {
		return false
	}
	run := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if run++; run == numberIsIdentity {
				return true
			}
		case c != ' ' && c != '.' && c != '-':
			run = 0
		}
	}
	return false
}

// personalWords are parts of the names of columns that hold something about a person that is never stored.
var personalWords = []string{"nik", "ktp", "nama", "name", "alamat", "address", "phone", "telephone", "telp", "telepon", "hp", "handphone",
	"wa", "whatsapp", "email", "mail", "surel", "rekening", "npwp", "dob", "birthdate", "birthplace", "lahir", "ttl", "foto", "photo", "passport", "paspor"}

// personalNames are whole names of such columns.
var personalNames = []string{"kepala_keluarga", "krt", "nomor_induk_kependudukan", "no_induk_kependudukan", "birth_date", "date_of_birth",
	"place_of_birth", "birth_place", "ibu_kandung"}

// cardNames are other names of the family-card number: only the attribute kk may be made of them.
var cardNames = []string{"kk", "no_kk", "nokk", "nomor_kk", "nomor_kartu_keluarga", "no_kartu_keluarga", "kartu_keluarga", "nkk"}

// placeWords say that a name is that of a place or programme, not of a person: nama_kecamatan.
var placeWords = []string{"provinsi", "kabupaten", "kota", "kabkot", "kecamatan", "kelurahan", "desa", "dusun", "lingkungan", "area",
	"program", "bantuan", "sekolah"}

// isPersonal tells from a column's name whether it holds personal data.
func isPersonal(column string) bool {
	words := columnWords(column)
	if slices.Contains(personalNames, strings.Join(words, "_")) {
		return true
	}
	of := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	return of(personalWords) && !of(placeWords)
}

// isCardNumber tells from a column's name whether it holds family-card numbers.
func isCardNumber(column string) bool {
	return slices.Contains(cardNames, strings.Join(columnWords(column), "_"))
}

// columnWords parts a name at everything that is no letter or digit, and where a capital follows a small letter.
func columnWords(column string) []string {
	var spaced strings.Builder
	var last rune
	for _, c := range column {
		if unicode.IsUpper(c) && unicode.IsLower(last) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(unicode.ToLower(c))
		last = c
	}
	return strings.FieldsFunc(spaced.String(), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// identity makes household ids of one column, as Secrets.HouseholdID does.
type identity struct {
	keyColumn
	*registry.Identities
}

// newIdentity chooses the column that identifies the families of a file.
func newIdentity(t *table, j *job) (*identity, error) {
	if len(t.keys) == 0 {
		return nil, registry.Invalid("header", "no column identifies the households: kk (family-card number), household_id, id, id_p3ke, id_dtks or nik")
	}
	for _, c := range t.keys[1:] {
		if c.kind == "" {
			j.note("households are identified by column %s; column %s is ignored", t.names[t.keys[0].column], t.names[c.column])
		}
	}
	return &identity{t.keys[0], j.Secrets.Identities()}, nil
}

// read makes the id of a row.
func (i *identity) read(t *table, fields []string) (registry.HouseholdID, *fault) {
	value := t.cell(fields, i.column)
	id, reason := i.parse(value)
	if reason != "" {
		return id, &fault{column: i.column, value: value, reason: reason}
	}
	return id, nil
}

// parse makes an id of a value.
func (i *identity) parse(value string) (id registry.HouseholdID, reason string) {
	switch {
	case value == "":
		return id, isMissing
	case i.kind == "":
		id, err := registry.ParseHouseholdID(value)
		if err != nil {
			return id, "is not a household id of 32 hexadecimal digits"
		}
		return id, ""
	}
	number, reason := parseKey(i.kind, value)
	if reason != "" {
		return id, reason
	}
	return i.Of(idDomain(i.kind), number), ""
}

// idDomain keeps ids made of numbers of different kinds apart.
func idDomain(kind registry.MatchKind) string {
	switch kind {
	case registry.MatchOwn:
		return "id"
	case registry.MatchHead:
		return "nik"
	}
	return string(kind)
}
