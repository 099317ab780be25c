package ingest

import (
	"encoding/binary"
	"strings"

	"kantong/internal/registry"
)

// see notes which numbers several families have. The first, by which families are told apart, is left out where no other of a family could
// be the same: only identity numbers are those of heads and of members.
func (r *householdReader) see(keys []registry.MatchKey) {
	if kind := r.identity.kind; kind != "" && kind != registry.MatchHead && kind != registry.MatchMember {
		keys = keys[1:]
	}
	for _, k := range keys {
		short := binary.LittleEndian.Uint64(k.Hash[:]) // a chance of 1 in 10⁵ that any two of 20 million numbers are taken for one
		_, twice := r.numbers[short]
		r.numbers[short] = twice
	}
}

// notes reports what became of the file's numbers, and how places were found.
func (r *householdReader) notes() {
	if m := r.match; m.needed() {
		m.found.Number = r.names[r.identity.column]
		r.job.report.Families = &m.found
	} else if m.edition != "" && m.kind != "" {
		r.job.note("edition %s has no hashes of numbers to compare with: families are the same where their %s is", m.edition, r.names[r.identity.column])
	}
	var names []string
	for _, c := range r.table.keys {
		if c.kind != "" {
			names = append(names, r.names[c.column])
		}
	}
	if len(names) > 1 {
		r.job.note("kept as keyed hashes only, to find families again: %s", strings.Join(names, ", "))
	}
	for _, a := range keyAttributes {
		n := r.keys.unusable[a.kind]
		if a.name == attributeNIK {
			n += r.keys.unusable[registry.MatchMember]
		}
		if n > 0 {
			r.job.note("%s of %s %s no number of that kind, and no family will be found by %s", valuesOf(n), a.name, isOrAre(n), itOrThem(n))
		}
	}
	shared := int64(0)
	for _, several := range r.numbers {
		if several {
			shared++
		}
	}
	if shared > 0 {
		r.job.note("%s in several families of the file: no family can be found by %s alone", numbersStand(shared), itOrThem(shared))
	}
	if r.persons != nil {
		r.persons.notes()
	}
	r.located.notes()
	if r.fromAddress > 0 {
		r.job.note("took RT and RW of %s from column %s, of which nothing else is kept", plural(r.fromAddress, "row"), r.names[r.address])
	}
	r.places.notes(r.job)
}
