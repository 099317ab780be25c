package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kantong/internal/access"
)

// officeFile takes families of the sample under card numbers that look real, with names, NIK and addresses, and spoils some
// rows.
func officeFile(t *testing.T, l *leaks, dir string, families int) (households, enrolments string, numbers []string) {
	t.Helper()
	read := func(name string) []string {
		text, err := os.ReadFile(sample(name))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	card := map[string]string{}
	lines := read("households.csv")[:families+1]
	for n, line := range lines {
		kk, rest, _ := strings.Cut(line, ",")
		if n == 0 {
			lines[0] = "kk,nama_kepala_keluarga,nik,alamat," + rest
			continue
		}
		number, nik, name := fmt.Sprintf("19710%011d", 40123456789+n*7919), fmt.Sprintf("19716%011d", 50987654321+n*104729), fmt.Sprintf("Warga Bernama%03d", n)
		card[kk], numbers = number, append(numbers, number)
		l.neverNumber(number)
		l.neverNumber(nik)
		l.never("a name", name)
		address := fmt.Sprintf("Jalan Rahasia %03d", n)
		l.never("an address", address)
		switch n {
		case families: // no such area
			rest = "19.71.99.1004" + rest[len("19.71.01.1004"):]
		case families - 1: // columns out of place: a card number where the neighbourhood belongs
			fields := strings.Split(rest, ",")
			fields[1] = number
			rest = strings.Join(fields, ",")
		case families - 2: // too long, with what separates its parts
			number = number[:4] + " " + number[4:]
		}
		lines[n] = strings.Join([]string{number, name, nik, address, rest}, ",")
	}
	kept := []string{read("enrolments.csv")[0]}
	for _, line := range read("enrolments.csv")[1:] {
		if kk, rest, _ := strings.Cut(line, ","); card[kk] != "" {
			kept = append(kept, card[kk]+","+rest)
		}
	}
	households, enrolments = filepath.Join(dir, "families.csv"), filepath.Join(dir, "aid.csv")
	for path, list := range map[string][]string{households: lines, enrolments: kept[:min(len(kept), families)]} {
		if err := os.WriteFile(path, []byte(strings.Join(list, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return households, enrolments, numbers
}

func asked(query string, variables any) string {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// TestNothingLeaks runs the program as an office does, makes the mistakes that people make, and looks for keys, card numbers
// and names in everything that was written.
func TestNothingLeaks(t *testing.T) {
	l := &leaks{map[string][]byte{}, map[string][]byte{}}
	dir := t.TempDir()
	data, office, secretsDir := filepath.Join(dir, "data"), filepath.Join(dir, "office"), filepath.Join(dir, "data", "secrets")
	if err := os.Mkdir(office, 0o700); err != nil {
		t.Fatal(err)
	}
	flags := []string{"--data", data}
	with := func(args ...string) []string { return append(args, flags...) }
	households, enrolments, numbers := officeFile(t, l, office, 60)

	l.must(t, with("edition", "create", "2025-q3", "--as-of", "2025-09-30")...)
	l.must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", "2025-q3")...)
	if out := l.must(t, with("import", "households", households, "--edition", "2025-q3")...); !strings.Contains(out, "rejected") {
		t.Errorf("nothing was rejected: %s", out)
	}
	l.must(t, with("import", "programs", sample("programs.json"), "--edition", "2025-q3")...)
	l.run(t, with("import", "enrolments", enrolments, "--edition", "2025-q3")...)
	l.must(t, with("edition", "publish", "2025-q3", "--accept-rejected")...)
	secrets, err := access.LoadSecrets(secretsDir, false)
	if err != nil {
		t.Fatal(err)
	}
	l.neverKey("the household-id key", secrets.ID[0])
	l.neverKey("the record key", secrets.Record)
	planner, partner := l.key(t, "planner", flags...), l.key(t, "partner", flags...)
	wrong := "kantong_" + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte("wrong-"), 6)[:32])
	l.neverAPIKey(t, "a wrong key", wrong)

	s := start(t, with("serve", "-v")...)
	mistakes(t, l, s, planner, partner, wrong, numbers)
	l.files(t, "while serving", data, secretsDir)
	l.must(t, with("backup", filepath.Join(dir, "backup"))...)
	l.must(t, with("secrets", "show")...)
	s.stop()
	l.wrote("output of kantong serve", []byte(s.output()))
	l.must(t, with("keys", "list")...)
	l.must(t, with("audit", "list", "--json")...)
	l.must(t, with("audit", "list")...)
	taken := filepath.Join(dir, "taken")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"areas.csv", "areas.xlsx", "areas.geojson", "areas.gpkg"} {
		l.must(t, with("export", "areas", "--out", filepath.Join(taken, name), "--purpose", "for "+numbers[0])...)
	}
	l.must(t, with("export", "unreached", "--program", "PKH", "--out", filepath.Join(taken, "unreached.csv"), "--purpose", "for "+numbers[0])...)
	l.must(t, with("export", "registry", "--edition", "2025-q3", "--out", filepath.Join(taken, "registry"), "--purpose", "for "+numbers[0])...)
	l.must(t, with("export", "registry", "--edition", "2025-q3", "--out", filepath.Join(taken, "registry.gpkg"), "--purpose", "for "+numbers[0])...)
	l.files(t, "taken away", taken)
	files := append(failures(t, l, with, households, enrolments, numbers[0]), lists(t, l, with, data, households)...)
	l.files(t, "in the end", dir, append(files, secretsDir, households, enrolments)...)
	l.files(t, "in the backup", filepath.Join(dir, "backup"))

	checkSeen(t, l)
	for n, leak := range l.found() {
		if t.Error(leak); n > 30 {
			t.Fatal("and so on")
		}
	}
}

// mistakes sends good requests, and such as hold what should not be sent.
func mistakes(t *testing.T, l *leaks, s *running, planner, partner, wrong string, numbers []string) {
	t.Helper()
	bearer := func(key string) []string {
		return []string{"Content-Type", "application/json", "Authorization", "Bearer " + key, "Kantong-Purpose", "a test"}
	}
	card := numbers[0]
	rows := `query Rows($n: Int!) { households(first: $n) { edges { node { id area { code } } } } }`
	queries := []string{
		asked(`{ summary { households { value } people { value } } areas(filter: {level: KELURAHAN}, first: 50) { edges { node { code name } } } }`, nil),
		asked(rows, map[string]int{"n": 50}),
		asked(`{ area(code: "`+card+`") { name } }`, nil),
		asked(`query($c: [AreaCode!]) { summary(filter: {areas: $c}) { households { value } } }`, map[string]any{"c": []string{card}}),
		asked(`query Card_`+card+` { summary { households { value } } }`, nil),
		asked(`query Card { c`+card+`: summary { households { value } } }`, nil),
		asked(`query Card { summary { households { value } } nothing(kk: "`+card+`") }`, nil),
		asked(`{ summary(filter: {deciles: ["`+card+`"]}) { households { value } } }`, nil),
		asked(`{ node(id: "`+card+`") { id } }`, nil),
		asked(`{ summary(filter: {decile: `+card+`}) { households { value } } }`, nil),
		asked(`{ summary { households { value } `+card, nil),
		`{"query": "{ summary { households { value } } }", "variables": "` + card + `"}`,
		`{"query": ` + card, card, "",
	}
	for _, q := range queries {
		l.send(t, s, http.MethodPost, "/graphql", q, "Content-Type", "application/json")
		for _, key := range []string{planner, partner, wrong, card} {
			l.send(t, s, http.MethodPost, "/graphql", q, bearer(key)...)
		}
	}
	if status := l.send(t, s, http.MethodPost, "/graphql", queries[0], bearer(planner)...); status != http.StatusOK {
		t.Errorf("a good question: %d", status)
	}
	if status := l.send(t, s, http.MethodPost, "/graphql", queries[0], bearer(wrong)...); status != http.StatusUnauthorized {
		t.Errorf("a wrong key: %d", status)
	}
	question := "query=" + url.QueryEscape(`{ summary { households { value } } }`)
	for _, key := range []string{planner, wrong} {
		for _, path := range []string{"/graphql?" + question + "&key=" + key, "/?key=" + key, "/metrics?key=" + key, "/readyz?key=" + key, "/nothing?key=" + key, "/web?kk=" + card, "/" + key, "/graphql/" + card} {
			l.send(t, s, http.MethodGet, path, "")
		}
		for _, header := range []string{"X-Api-Key", "Cookie", "User-Agent", "Referer", "Origin", "X-Request-Id", "X-Forwarded-For", "Traceparent", "Accept", "Content-Type"} {
			l.send(t, s, http.MethodPost, "/graphql", queries[0], "Content-Type", "application/json", header, key)
			l.send(t, s, http.MethodPost, "/graphql", queries[0], "Content-Type", "application/json", header, card)
		}
		for _, authorization := range []string{key, "Basic " + key, "bearer " + key + "x", "Bearer  " + key} {
			l.send(t, s, http.MethodPost, "/graphql", queries[0], "Content-Type", "application/json", "Authorization", authorization)
		}
	}
	for _, purpose := range []string{"for " + card, card[:4] + " " + card[4:8] + "." + card[8:12] + "-" + card[12:], planner, wrong} {
		l.send(t, s, http.MethodPost, "/graphql", asked(rows, map[string]int{"n": 3}), "Content-Type", "application/json", "Authorization", "Bearer "+planner, "Kantong-Purpose", purpose)
	}
	if status := l.send(t, s, http.MethodGet, "/metrics", ""); status != http.StatusOK {
		t.Errorf("metrics: %d", status)
	}
}

// failures are commands that go wrong with what they shouldn't tell at hand: files taken for others, above all.
func failures(t *testing.T, l *leaks, with func(...string) []string, households, enrolments, card string) (files []string) {
	t.Helper()
	write := func(name, text string) string {
		path := filepath.Join(filepath.Dir(households), name)
		files = append(files, path)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	l.must(t, with("edition", "create", "2025-q4")...)
	l.must(t, with("import", "areas", filepath.Join("..", "..", "geodata", "schematic.geojson"), "--edition", "2025-q4")...)
	for _, args := range [][]string{
		{"import", "households", write("no-header.csv", card+","+card+"\n")},
		{"import", "households", write("quote.csv", "kk,area_code\n\""+card+",19.71.01.1004\n")},
		{"import", "households", write("columns.csv", "area_code,kk\n"+card+",19.71.01.1004\n")},
		{"import", "households", households, "--mapping", households},
		{"import", "households", households, "--mapping", write("mapping.yaml", "columns: {"+card+": decile}\nvalues: {floor: {"+card+": nothing}}\n")},
		{"import", "areas", households},
		{"import", "programs", households},
		{"import", "indicators", households},
		{"import", "successions", households},
		{"import", "successions", write("codes.csv", "code,predecessor,decree\n"+card+",19.71.01.1004,\n19.71.01.1004,"+card+",\n19.71.01.1004,19.71.01.1006,"+card+"\n")},
		{"import", "enrolments", households},
		{"import", "households", enrolments},
	} {
		if code, _ := l.run(t, with(append(args, "--edition", "2025-q4")...)...); code == exitDone {
			t.Errorf("%v went well", args)
		}
	}
	l.run(t, with("secrets", "show", "--secrets", filepath.Dir(households))...)
	l.run(t, with("query", households)...)
	return files
}

// lists matches people in every way there is: a decree's list by NIK with strangers on it, points, the next edition, and a list
// for a visit, the one file that may hold names.
func lists(t *testing.T, l *leaks, with func(...string) []string, data, households string) (files []string) {
	t.Helper()
	office := filepath.Dir(households)
	write := func(name, header string, rows ...string) string {
		path := filepath.Join(office, name)
		files = append(files, path)
		if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text, err := os.ReadFile(households)
	if err != nil {
		t.Fatal(err)
	}
	var people, places []string
	for _, line := range strings.Split(string(text), "\n")[1:20] {
		fields := strings.Split(line, ",")
		people = append(people, strings.Join([]string{fields[0], fields[2], fields[1]}, ","))
		places = append(places, fields[2]+",106.135,-2.131,"+fields[3])
	}
	for n := range 3 {
		stranger := fmt.Sprintf("19717%011d", 60987654321+n*104729)
		l.neverNumber(stranger)
		l.never("a stranger's name", fmt.Sprintf("Orang Asing%03d", n))
		people = append(people, fmt.Sprintf(",%s,Orang Asing%03d", stranger, n))
		places = append(places, stranger+",106.135,-2.131,")
	}
	a, b, _ := strings.Cut(people[0], ",")
	people = append(people, strings.SplitN(people[1], ",", 2)[0]+","+b, a+",0000000000000000,") // of two families, and again
	aid := write("decree.csv", "no_kk,nik,nama", people...)
	l.must(t, with("edition", "create", "2025-q3", "--release", "2025-11")...)
	if out := l.must(t, with("import", "enrolments", aid, "--edition", "2025-q3", "--release", "2025-11", "--set", "program=PKH")...); !strings.Contains(out, "ambiguous 1 row, unmatched 3 rows") {
		t.Error(out)
	}
	l.run(t, with("import", "enrolments", aid, "--edition", "2025-q3", "--release", "2025-11", "--set", "program="+b[:16])...)
	l.must(t, with("edition", "publish", "2025-q3", "--release", "2025-11", "--accept-rejected")...)
	if out := l.must(t, with("import", "households", households, "--edition", "2025-q4")...); !strings.Contains(out, "found again") {
		t.Error(out)
	}
	l.must(t, with("import", "points", write("points.csv", "nik,longitude,latitude,alamat", places...), "--edition", "2025-q4")...)
	var rows []string
	in(t, data, func(s *store) {
		for h, err := range s.Households(t.Context(), "2025-q3") {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, h.ID.String())
		}
	})
	visit := filepath.Join(office, "visit.csv")
	l.must(t, with("relink", write("list.csv", "id", rows...), "--source", households, "--out", visit, "--edition", "2025-q3")...)
	if text, err := os.ReadFile(visit); err != nil || !strings.Contains(string(text), "Jalan Rahasia") {
		t.Errorf("%v: %s", err, text)
	}
	for _, args := range [][]string{{"relink", households}, {"relink", filepath.Join(office, "list.csv"), "--columns", b[:16]}, {"relink", filepath.Join(office, "list.csv"), "--purpose", b[:16]}} {
		l.run(t, with(append(args, "--source", households, "--out", visit)...)...)
	}
	l.must(t, with("audit", "list", "--json")...)
	return append(files, visit)
}

// checkSeen makes sure that the places were looked into.
func checkSeen(t *testing.T, l *leaks) {
	t.Helper()
	for _, want := range []string{"output of kantong serve", "registry.gpkg", "ledger.sqlite", "-wal", "rejected.csv", "backup.json", "output of kantong audit list", "decree.csv.unmatched.csv", "decree.csv.rejected.csv"} {
		seen := false
		for where, text := range l.written {
			seen = seen || strings.Contains(where, want) && len(text) > 0
		}
		if !seen {
			t.Errorf("nothing was read of %s", want)
		}
	}
	if log := string(l.written["output of kantong serve"]); strings.Count(log, "msg=request") < 50 {
		t.Errorf("requests were not logged:\n%s", log)
	}
	if log := string(l.written["output of kantong audit list"]); !strings.Contains(log, "Card_(hidden)") {
		t.Errorf("the operation's name is not in the audit log:\n%s", log)
	}
}
