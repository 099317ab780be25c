package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// registryFile takes families of the sample under card numbers and NIK that look real, with names and addresses. change may
// give a family another card, leave it out ("") or add rows after it.
func registryFile(t *testing.T, dir, name string, families int, change func(n int, kk, nik string) (card string, more []string)) string {
	t.Helper()
	text, err := os.ReadFile(sample("households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[:families+1]
	_, rest, _ := strings.Cut(lines[0], ",")
	out := []string{"kk,nama_kepala_keluarga,nik,nik_pasangan,alamat," + rest}
	for n, line := range lines[1:] {
		_, rest, _ := strings.Cut(line, ",")
		row := func(kk, nik, spouse string) string {
			return fmt.Sprintf("%s,=Siti %03d,%s,%s,\"Jl. Mawar %d, RT 1\",%s", kk, n, nik, spouse, n, rest)
		}
		card, more := change(n, cardOf(n), nikOf(n))
		if card != "" {
			out = append(out, row(card, nikOf(n), nikOf(1000+n)))
		}
		for _, m := range more { // card, then NIK
			kk, nik, _ := strings.Cut(m, " ")
			out = append(out, row(kk, nik, ""))
		}
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(strings.Join(out, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func cardOf(n int) string { return fmt.Sprintf("197101%010d", 4012345678+n*7919) }
func nikOf(n int) string  { return fmt.Sprintf("197102%010d", 5098765432+n*10473) }

func unchanged(_ int, kk, _ string) (string, []string) { return kk, nil }

// idsByNIK gives the families of an edition by the NIK of their heads, as a list of recipients finds them.
func idsByNIK(t *testing.T, where string, secrets registry.Secrets, edition string, families int) map[int]registry.HouseholdID {
	t.Helper()
	hashes, ids := map[registry.MatchHash]int{}, map[int]registry.HouseholdID{}
	for n := range families {
		hashes[secrets.Identities().Match(registry.MatchHead, nikOf(n)).Hash] = n
	}
	in(t, where, func(s *store) {
		for k, err := range s.MatchKeys(t.Context(), edition) {
			if err != nil {
				t.Fatal(err)
			}
			if n, ok := hashes[k.Hash]; ok && k.Kind == registry.MatchHead {
				ids[n] = k.Household
			}
		}
	})
	return ids
}

// TestQuarters imports the registry of three quarters and the lists of a month, as an office does, on both stores: families keep
// their identity when their cards change, also after new secret keys, and who is on a list but not in the registry is counted.
func TestQuarters(t *testing.T) {
	t.Run("directory", func(t *testing.T) {
		quarters(t, filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "other"))
	})
	t.Run("database", func(t *testing.T) { quarters(t, database(t), database(t)) })
}

func quarters(t *testing.T, where, other string) {
	const families = 60
	dir, secretsDir := t.TempDir(), madeSecrets(t)
	flags := append(stated(where), "--secrets", secretsDir)
	with := func(args ...string) []string { return append(args, flags...) }
	quarter := func(name, file string) string {
		t.Helper()
		must(t, with("edition", "create", "q"+name, "--as-of", name)...)
		must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", "q"+name)...)
		out := must(t, with("import", "households", file, "--edition", "q"+name)...)
		must(t, with("import", "programs", sample("programs.json"), "--edition", "q"+name)...)
		must(t, with("edition", "publish", "q"+name)...)
		return out
	}
	secrets := secretsOf(t, secretsDir)
	quarter("2025-06-30", registryFile(t, dir, "q2.csv", families, unchanged))
	first := idsByNIK(t, where, secrets, "q2025-06-30", families)

	// Five cards changed, a daughter moved out under the old card, a family left, one came.
	changed := func(n int, kk, nik string) (string, []string) {
		switch {
		case n < 4:
			return cardOf(500 + n), nil
		case n == 4:
			return cardOf(500 + n), []string{cardOf(n) + " " + nikOf(700)}
		case n == 5:
			return "", []string{cardOf(600) + " " + nikOf(600)}
		}
		return kk, nil
	}
	out := quarter("2025-09-30", registryFile(t, dir, "q3.csv", families, changed))
	for _, words := range []string{
		"Compared with edition q2025-06-30: 55 families found again by kk, 4 by other numbers (the kk changed), 2 new, 1 not in this file any more.",
		"Split: 1 family came out of a family that is found again, and it counts as new.",
	} {
		if !strings.Contains(out, words) {
			t.Errorf("the report does not say %q:\n%s", words, out)
		}
	}
	second := idsByNIK(t, where, secrets, "q2025-09-30", families)
	for n := range families {
		if n != 4 && n != 5 && second[n] != first[n] {
			t.Errorf("family %d was %s and is %s", n, first[n], second[n])
		}
	}
	if second[4] == first[4] || second[4] == (registry.HouseholdID{}) {
		t.Errorf("the family without its former card is %s, was %s", second[4], first[4])
	}
	month(t, dir, with, second)
	visit(t, dir, with, second)
	later(t, dir, with)

	// New keys, then the next quarter: the same families.
	newSecrets := filepath.Join(dir, "new-secrets")
	must(t, "secrets", "rotate", "--id", "--record", "--from", where, "--to", other, "--secrets", secretsDir, "--new-secrets", newSecrets)
	flags = append(stated(other), "--secrets", newSecrets)
	rotated := idsByNIK(t, other, secretsOf(t, newSecrets), "q2025-09-30", families)
	quarter("2025-12-31", registryFile(t, dir, "q4.csv", families, func(n int, kk, nik string) (string, []string) { return cardOf(800 + n), nil }))
	for n, id := range idsByNIK(t, other, secretsOf(t, newSecrets), "q2025-12-31", families) {
		if n != 5 && id != rotated[n] || id == second[n] {
			t.Errorf("after new keys family %d is %s, then %s", n, rotated[n], id)
		}
	}
}

// month imports the list of a decree as a release of the published edition: two rows of one family, one of a family whose card the
// list has from former times, three of nobody.
func month(t *testing.T, dir string, with func(...string) []string, ids map[int]registry.HouseholdID) {
	list := filepath.Join(dir, "sk-12.csv")
	rows := []string{"No;NIK;No KK;Nama;Kelurahan;Nominal;Jumlah Jiwa",
		"1;" + nikOf(10) + ";;Siti;Air Itam;600.000;1", "2;" + nikOf(1010) + ";;Budi;Air Itam;600.000;1",
		"3;" + nikOf(2) + ";" + cardOf(2) + ";Ani;Air Itam;600.000;2"}
	for n := range 3 {
		rows = append(rows, fmt.Sprintf("%d;%s;;Warga;Air Itam;600.000;1", 4+n, nikOf(900+n)))
	}
	if err := os.WriteFile(list, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, with("edition", "create", "q2025-09-30", "--release", "2025-10", "--as-of", "2025-10-31")...)
	out := must(t, with("import", "enrolments", list, "--edition", "q2025-09-30", "--release", "2025-10", "--set", "program=PKH", "--set", "decree=SK 12/2025", "--set", "period=Oktober 2025")...)
	for _, words := range []string{"2 rows of enrolments stored, 0 rejected", "Matched 3 rows, ambiguous 0 rows, unmatched 3 rows.", "1 row. Persons are counted", "3 recipients", "sk-12.csv.unmatched.csv"} {
		if !strings.Contains(out, words) {
			t.Errorf("the report does not say %q:\n%s", words, out)
		}
	}
	must(t, with("edition", "publish", "q2025-09-30", "--release", "2025-10")...)
	if out := must(t, with("edition", "show", "q2025-09-30")...); !strings.Contains(out, "3 recipients are no family of the edition") {
		t.Error(out)
	}
	query := filepath.Join(dir, "unmatched.graphql")
	text := `{ program(code: "PKH", edition: "q2025-09-30+2025-10") { unmatchedWithoutArea { value } coverage(by: KABUPATEN_KOTA) { unmatched { value status } } }
		households(edition: "q2025-09-30+2025-10", filter: {enrolledIn: ["PKH"]}) { edges { node { id enrolments { persons rupiah decree since until } } } } }`
	if err := os.WriteFile(query, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := must(t, with("query", query, "--purpose", "a test")...)
	var got any
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	compact, _ := json.Marshal(got)
	for _, words := range []string{`"unmatched":{"status":"EXACT","value":3}`, `"unmatchedWithoutArea":{"value":0}`,
		`"decree":"SK 12/2025","persons":2,"rupiah":1200000,"since":"2025-10-01","until":"2025-10-31"`, ids[10].String(), ids[2].String()} {
		if !strings.Contains(string(compact), words) {
			t.Errorf("the answer does not hold %s:\n%s", words, compact)
		}
	}
}

// visit joins names to a list of families, by their numbers at the time of another file.
func visit(t *testing.T, dir string, with func(...string) []string, ids map[int]registry.HouseholdID) {
	list, out := filepath.Join(dir, "unreached.csv"), filepath.Join(dir, "visit.csv")
	state := "Household:q2025-09-30+2025-10:"
	rows := []string{"id;rt;latitude", state + ids[7].String() + ";-1;-2.13", ids[1].String() + ";=2;x", state + strings.Repeat("0", 31) + "1;3;"}
	if err := os.WriteFile(list, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := must(t, with("relink", list, "--source", filepath.Join(dir, "q2.csv"), "--out", out, "--purpose", "visit of the unreached")...)
	for _, words := range []string{"Matched 2 of 2 families of edition q2025-09-30 with q2.csv: nama_kepala_keluarga, alamat joined", "1 on the list are of no family"} {
		if !strings.Contains(text, words) {
			t.Errorf("relink does not say %q:\n%s", words, text)
		}
	}
	got, err := os.ReadFile(out)
	want := "id;rt;latitude;nama_kepala_keluarga;alamat\n" +
		rows[1] + ";'=Siti 007;Jl. Mawar 7, RT 1\n" +
		ids[1].String() + ";'=2;x;'=Siti 001;Jl. Mawar 1, RT 1\n" +
		rows[3] + ";;\n"
	if err != nil || string(got) != want {
		t.Errorf("%v, got:\n%swant:\n%s", err, got, want)
	}
	if info, err := os.Stat(out); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	// The card of family 1 changed: the former file finds it by NIK only; without names nothing is guessed.
	if text := must(t, with("relink", list, "--source", filepath.Join(dir, "q2.csv"), "--out", out, "--columns", "ALAMAT,rw")...); !strings.Contains(text, "alamat, rw joined") {
		t.Error(text)
	}
	log := auditOf(t, slices.Clone(with()))
	entry := log[len(log)-2]
	if entry.Action != "relink" || entry.Operation != "unreached.csv with q2.csv into visit.csv" || entry.Purpose != "visit of the unreached" || entry.Rows != 2 || !slices.Equal(entry.States, []string{"q2025-09-30"}) {
		t.Errorf("%+v", entry)
	}
	for _, test := range []struct{ list, columns, words string }{
		{filepath.Join(dir, "q2.csv"), "alamat", "no column id"},
		{list, "telepon", `no column "telepon"`},
	} {
		code, _, stderr := run(t, with("relink", test.list, "--source", filepath.Join(dir, "q2.csv"), "--out", filepath.Join(dir, "never.csv"), "--columns", test.columns)...)
		if code != exitFailed || !strings.Contains(stderr, test.words) {
			t.Errorf("exit %d, %s, want %q", code, stderr, test.words)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, ".kantong-*"))
	if _, missing := os.Stat(filepath.Join(dir, "never.csv")); missing == nil || len(left) > 0 || err != nil {
		t.Errorf("files were left: %v", left)
	}
}

// later begins a draft and gives its families points that come in another file.
func later(t *testing.T, dir string, with func(...string) []string) {
	const draft = "later"
	must(t, with("edition", "create", draft)...)
	must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", draft)...)
	bare := filepath.Join(dir, "bare.csv")
	if err := os.WriteFile(bare, []byte("kk,nik,area_code\n"+cardOf(1)+","+nikOf(1)+",19.71.01.1004\n"+cardOf(2)+",,19.71.01.1004\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, with("import", "households", bare, "--edition", draft)...)
	points := filepath.Join(dir, "points.csv")
	if err := os.WriteFile(points, []byte("nik,longitude,latitude\n"+nikOf(1)+",106.1350068,-2.1312827\n"+nikOf(444)+",106.1350068,-2.1312827\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(t, with("import", "points", points, "--edition", draft)...)
	if !strings.Contains(out, "1 rows of points stored, 0 rejected") || !strings.Contains(out, "unmatched 1 row") {
		t.Error(out)
	}
	if out := must(t, with("import", "points", points, "--edition", draft)...); !strings.Contains(out, "unchanged") {
		t.Error(out)
	}
	out = must(t, with("edition", "show", draft)...)
	for _, words := range []string{"with a location  1", "points.csv: 1 rows of points"} {
		if !strings.Contains(out, words) {
			t.Errorf("edition show does not say %q:\n%s", words, out)
		}
	}
	must(t, with("edition", "discard", draft)...)
}
