package changes

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestPublishEdition(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, edition, release string
		code                   registry.Code
		field                  string
	}{
		{"what is published", "2025-q3", "2025-10", registry.CodeConflict, "release"},
		{"what is published, release not named", "2025-q3", "", registry.CodeConflict, "release"},
		{"an edition that is not there", "2099", "", registry.CodeNotFound, "edition"},
		{"a release that is not there", "2025-q4", "2099", registry.CodeNotFound, "release"},
	} {
		_, err := b.PublishEdition(t.Context(), admin, clientID, c.edition, c.release, false)
		b.refused(c.name, err, c.code, c.field)
	}
	for want, c := range map[string][2]string{"2025-q3+2025-11": {"2025-q3", "2025-11"}, "2025-q4+2025-12": {"2025-q4", "2025-12"}} {
		got, err := b.PublishEdition(t.Context(), admin, "client:"+c[0], c[0], c[1], false)
		b.ok(err)
		b.same("the state", got, want)
	}
}

// TestPublishedByAnother is how a publication ends that was begun and whose edition another one made.
func TestPublishedByAnother(t *testing.T) {
	b := newBench(t)
	b.ok(b.files.CreateRelease(t.Context(), "2025-q4", registry.Release{})) // the edition's own, chosen when none is named
	b.faults.at = beforeTheWrite
	_, err := b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "", false)
	b.refused("the first answer", err, registry.CodeUnavailable, "")
	for i, release := range []string{"", "2025-12"} {
		_, err = b.with.Store.Publish(t.Context(), "2025-q4", release, registry.PublishOptions{Secrets: secrets, Now: noon.Add(minutes(i))})
		b.ok(err)
	}
	got, err := b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "", false)
	b.ok(err)
	b.same("the state", got, "2025-q4")
}

// TestBegunAndRefused is a publication that was begun, and that must not count as made when it is refused.
func TestBegunAndRefused(t *testing.T) {
	b := newBench(t)
	b.ok(b.files.PutPrograms(t.Context(), "2025-q4", registry.Import{Kind: registry.ImportPrograms, Rejected: 1, Append: true}, nil))
	b.faults.at = beforeTheWrite
	_, err := b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "2025-12", false)
	b.refused("the first answer", err, registry.CodeUnavailable, "")
	_, err = b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "2025-12", false)
	b.refused("the second answer", err, registry.CodeConflict, "acceptRejected")
	_, err = b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "2025-12", true)
	b.ok(err)
}

// TestSecretsCannotBeRead: the place they should be at is not told to who asks.
func TestSecretsCannotBeRead(t *testing.T) {
	b := newBench(t)
	b.with.Secrets = func() (registry.Secrets, error) {
		return registry.Secrets{}, &fs.PathError{Path: "/etc/kantong", Err: fs.ErrNotExist}
	}
	_, err := b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "", false)
	b.refused("publishing", err, registry.CodeUnavailable, "")
	if strings.Contains(err.Error(), "/etc") || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error %q does not keep its cause to the log", err)
	}
	b.with.Secrets = func() (registry.Secrets, error) { return secrets, nil }
	_, err = b.PublishEdition(t.Context(), admin, clientID, "2025-q4", "", false)
	b.ok(err)
}

func TestDiscardEdition(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, edition, release string
		code                   registry.Code
		field                  string
	}{
		{"a published edition", "2025-q3", "", registry.CodeConflict, "edition"},
		{"a published release", "2025-q3", "2025-10", registry.CodeConflict, "release"},
		{"an edition that is not there", "2099", "", registry.CodeNotFound, "edition"},
		{"a release that is not there", "2025-q4", "2099", registry.CodeNotFound, "release"},
	} {
		before := b.state()
		for range 2 { // it must not count as gone the second time
			_, err := b.DiscardEdition(t.Context(), admin, clientID, c.edition, c.release)
			b.refused(c.name, err, c.code, c.field)
		}
		b.same("what is there", b.state(), before)
	}
	got, err := b.DiscardEdition(t.Context(), admin, clientID, "2025-q4", "2025-12")
	b.ok(err)
	b.same("what is gone", got, "2025-q4+2025-12")
}
