package jobs

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"

	"kantong/internal/audit"
	"kantong/internal/ingest"
	"kantong/internal/registry"
)

// maxNameBytes is how long the name of a file may be: lists get longer names, and systems take 255.
const maxNameBytes = 160

func sizeOf(bytes int64) string { return humanize.IBytes(uint64(bytes)) }

func checkName(name string) error {
	switch {
	case name == "" || strings.HasPrefix(name, "."):
		return registry.Invalid("file", "give the file a name that does not begin with a dot (filename= in the part's Content-Disposition)")
	case len(name) > maxNameBytes:
		return registry.Invalid("file", "its name has %d bytes; at most %d", len(name), maxNameBytes)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) || strings.ContainsRune(`<>:"|?*`, c) }):
		return registry.Invalid("file", "its name holds characters that no name of a file can have everywhere; rename it")
	case audit.Hide(name) != name:
		return registry.Invalid("file", "its name may hold the number of a person or a card, which is kept nowhere; rename it")
	}
	return nil
}

// check refuses options that the kind does not take, as the command line does.
func (u *Upload) check() error {
	a := &u.Asked
	if !slices.Contains(registry.ImportKinds(), a.Kind) {
		var names []string
		for _, k := range registry.ImportKinds() {
			names = append(names, string(k))
		}
		return registry.Invalid("kind", "%.40q is no kind of file; there are %s", a.Kind, strings.Join(names, ", "))
	}
	if a.Edition == "" {
		return registry.Invalid("edition", "name the draft edition that the file goes into")
	}
	mapped := a.Kind == registry.ImportHouseholds || a.Kind == registry.ImportPoints || a.Kind == registry.ImportEnrolments
	for _, option := range []struct {
		field        string
		given, taken bool
	}{
		{"release", a.Release != "", a.Kind == registry.ImportEnrolments},
		{"set", len(a.Set) > 0, a.Kind == registry.ImportEnrolments},
		{"mapping", a.Mapping != "", mapped},
		{"sheet", a.Sheet != "", a.Kind != registry.ImportAreas},
		{"layer", a.Layer != "", a.Kind == registry.ImportAreas},
		{"within", a.Within != "", a.Kind == registry.ImportAreas},
		{"append", a.Append, a.Kind != registry.ImportPoints},
	} {
		if option.given && !option.taken {
			return registry.Invalid(option.field, "files of %s take no %s", a.Kind, option.field)
		}
	}
	if a.Within != "" {
		if _, err := registry.ParseAreaCode(string(a.Within)); err != nil {
			return registry.At("within", err)
		}
	}
	if err := checkName(a.File); err != nil {
		return err
	}
	switch {
	case len(u.Mapping) > 0:
		a.Mapping = registry.OwnMapping
		_, err := ingest.ParseMapping(u.Mapping)
		return err
	case a.Mapping != "" && !slices.Contains(ingest.ReadyMappings(), a.Mapping):
		return registry.Invalid("mapping", "there is no ready mapping %.40q; there are %s. One of your own comes as a file", a.Mapping, strings.Join(ingest.ReadyMappings(), ", "))
	}
	return nil
}
