package ingest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"kantong/internal/registry"
)

// Attributes that name a family or one of its members. Their values become match keys the moment they are read.
const (
	attributeCard   = "kk"
	attributeNIK    = "nik"
	attributeDTKS   = "id_dtks"
	attributeP3KE   = "id_p3ke"
	attributeNumber = "household_id"
	attributeID     = "id" // a household id of this program: no number, so no key
)

// keyAttributes lists them in the order in which one is chosen to identify the families of a file, with the kind of key that
// their values become and what is shown in their place.
var keyAttributes = []struct {
	name  string
	kind  registry.MatchKind
	shown string
}{
	{attributeCard, registry.MatchCard, "(card number)"},
	{attributeNumber, registry.MatchOwn, "(household number)"},
	{attributeID, "", "(household id)"},
	{attributeP3KE, registry.MatchP3KE, "(P3KE id)"},
	{attributeDTKS, registry.MatchDTKS, "(DTKS id)"},
	{attributeNIK, registry.MatchHead, "(identity number)"},
}

// keyNames are other names of columns that hold numbers, as their words joined by _.
var keyNames = map[string]string{
	"nomor_induk_kependudukan": attributeNIK, "no_induk_kependudukan": attributeNIK, "no_nik": attributeNIK, "nomor_nik": attributeNIK,
	"no_ktp": attributeNIK, "nomor_ktp": attributeNIK, "iddtks": attributeDTKS, "dtks_id": attributeDTKS, "idp3ke": attributeP3KE,
	"p3ke_id": attributeP3KE, "id_keluarga_p3ke": attributeP3KE, "id_p3ke_keluarga": attributeP3KE,
}

// headNames are the columns that hold the NIK of a family's head; ownNames that of whoever the row is about, who is the head
// where a row is a family.
var (
	headNames = []string{"nik_kepala_keluarga", "nik_kk", "nik_krt", "nik_kepala"}
	ownNames  = []string{"nik", "no_nik", "nomor_nik", "no_ktp", "nomor_ktp", "nomor_induk_kependudukan", "no_induk_kependudukan"}
)

// keyAttribute gives the attribute of a column that holds numbers, by its name; "" for others.
func keyAttribute(column string) string {
	words := columnWords(column)
	name := strings.Join(words, "_")
	for _, a := range keyAttributes {
		if a.name == name {
			return name
		}
	}
	switch {
	case keyNames[name] != "":
		return keyNames[name]
	case isCardNumber(column):
		return attributeCard
	case slices.Contains(words, "nik") && !slices.Contains(words, "nama"):
		return attributeNIK
	}
	return ""
}

// isKeyAttribute tells whether an attribute is that of numbers.
func isKeyAttribute(name string) bool {
	for _, a := range keyAttributes {
		if a.name == name {
			return true
		}
	}
	return false
}

// keyColumn is a column that holds numbers.
type keyColumn struct {
	column    int
	attribute string
	kind      registry.MatchKind // "" for household ids
	own       bool               // of whoever the row is about
}

// isPlain tells whether a column is named as its attribute is, or mapped to it.
func (t *table) isPlain(column int, attribute string, mapping *Mapping) bool {
	return mapping.attribute(t.names[column]) == attribute
}

// takeKeys finds the columns that hold numbers, among those that the kind of file may have: of each attribute one, the plainly
// named or first; of NIK all, since a family has several members.
func (t *table) takeKeys(attributes []string, mapping *Mapping) error {
	for _, a := range keyAttributes {
		if !slices.Contains(attributes, a.name) {
			continue
		}
		var plain, other []int
		for i := range t.names {
			switch {
			case t.isPlain(i, a.name, mapping):
				plain = append(plain, i)
			case keyAttribute(t.names[i]) == a.name && !mapping.has(t.names[i]):
				other = append(other, i)
			}
		}
		if a.name == attributeNIK {
			plain, other = append(plain, other...), nil
		} else if len(plain) > 1 && mapping.tolerant() { // the first of the mapping
			order := mapping.order(t.names)
			first := slices.MinFunc(plain, func(a, b int) int { return slices.Index(order, a) - slices.Index(order, b) })
			plain = []int{first}
		} else if len(plain) > 1 {
			return registry.Invalid("header", "columns %q and %q both give %s", t.names[plain[0]], t.names[plain[1]], a.name)
		} else if len(plain) == 0 && len(other) > 0 {
			plain = other[:1]
		}
		for _, i := range plain {
			if _, known := t.columns[a.name]; !known {
				t.columns[a.name] = i
			}
			t.shown[i] = a.shown
			kind, name := a.kind, columnKey(t.names[i])
			own := kind == registry.MatchHead && !slices.Contains(headNames, name) && (slices.Contains(ownNames, name) || t.isPlain(i, a.name, mapping))
			if kind == registry.MatchHead && !own && !slices.Contains(headNames, name) {
				kind = registry.MatchMember
			}
			t.keys = append(t.keys, keyColumn{i, a.name, kind, own})
		}
	}
	slices.SortStableFunc(t.keys, func(a, b keyColumn) int { // the head's before other members'
		if a.attribute != b.attribute {
			return 0
		}
		return cmp.Compare(a.kind, b.kind)
	})
	return nil
}

// isKey tells whether a column holds numbers that are read.
func (t *table) isKey(column int) bool {
	return slices.ContainsFunc(t.keys, func(k keyColumn) bool { return k.column == column })
}

// maxHouseholdNumber is how many characters an office's own household number may have.
const maxHouseholdNumber = 64

// parseKey reads a number: what is to be hashed, or why it is none.
func parseKey(kind registry.MatchKind, value string) (number, reason string) {
	if value == "" {
		return "", isMissing
	}
	switch kind {
	case registry.MatchCard:
		return parseSixteen(value, "a family-card number")
	case registry.MatchHead, registry.MatchMember:
		return parseSixteen(value, "an identity number")
	}
	if utf8.RuneCountInString(value) > maxHouseholdNumber {
		return "", "is longer than 64 characters"
	}
	if kind == registry.MatchOwn {
		return value, ""
	}
	if strings.Trim(value, "0-") == "" {
		return "", "is a placeholder"
	}
	return strings.ToUpper(value), ""
}

// parseSixteen reads an NIK or family-card number.
func parseSixteen(value, what string) (number, reason string) {
	number = strings.TrimPrefix(value, "'") // what keeps a spreadsheet from rounding the number
	if len(number) != numberIsIdentity || !isDigits(number) {
		return "", "is not " + what + " of 16 digits"
	}
	if strings.Trim(number, number[:1]) == "" { // all zeros, all nines …
		return "", "is a placeholder, not " + what
	}
	return number, ""
}

// familyKeys gathers the match keys of one family after the other. It is for one goroutine.
type familyKeys struct {
	*registry.Identities
	list     []registry.MatchKey
	unusable map[registry.MatchKind]int64 // values that are no number of their kind
}

func newFamilyKeys(s registry.Secrets) *familyKeys {
	return &familyKeys{Identities: s.Identities(), unusable: map[registry.MatchKind]int64{}}
}

// begin forgets the family before.
func (k *familyKeys) begin() { k.list = k.list[:0] }

// add takes in a number of the family or of a member. What is no number of the kind is counted and no key; a number that
// was given already counts once.
func (k *familyKeys) add(kind registry.MatchKind, value string) {
	if value == "" {
		return
	}
	number, reason := parseKey(kind, value)
	if reason != "" {
		k.unusable[kind]++
		return
	}
	key := k.Match(kind, number)
	if !slices.ContainsFunc(k.list, func(other registry.MatchKey) bool { return other.Hash == key.Hash }) {
		k.list = append(k.list, key)
	}
}

// read takes in the numbers of a row.
func (k *familyKeys) read(t *table, fields []string) { k.readPerson(t, fields, registry.Yes) }

// readPerson is read where a row is a person, who is the family's head or not.
func (k *familyKeys) readPerson(t *table, fields []string, head registry.Answer) {
	for _, c := range t.keys {
		kind := c.kind
		if c.own && head != registry.Yes {
			kind = registry.MatchMember
		}
		if kind != "" {
			k.add(kind, t.cell(fields, c.column))
		}
	}
}
