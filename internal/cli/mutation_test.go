package cli

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// reply is an answer with its errors.
type reply struct {
	Data   map[string]json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code, Field string }
	}
}

func (s *running) reply(t *testing.T, key, query string) (r reply) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	req, err := http.NewRequest(http.MethodPost, s.address+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Kantong-Purpose", "a test")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r reply) code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Extensions.Code
}

// TestAdministratorOverGraphQL keeps programmes, editions and keys of a running server by mutations, and an auditor reads
// what was done.
func TestAdministratorOverGraphQL(t *testing.T) {
	data := filepath.Join(t.TempDir(), "city")
	t.Chdir(filepath.Join("..", ".."))
	commands := strings.Split(strings.Trim(section(t, "comes with the program:\n\n", "\n\n"), "\n"), "\n")
	for _, line := range commands {
		if args := strings.TrimPrefix(line, "    go run . "); !strings.HasPrefix(args, "serve") && !strings.HasPrefix(args, "query") {
			must(t, words(strings.ReplaceAll(args, "./city", data))...)
		}
	}
	must(t, words("edition create 2025-q3 --release 2025-11 --as-of 2025-11-30 --data "+data)...)
	must(t, words("import enrolments geodata/sample/enrolments.csv --edition 2025-q3 --release 2025-11 --data "+data)...)
	must(t, words("edition create 2025-q4 --as-of 2025-12-31 --data "+data)...)
	admin := lastLine(must(t, words("keys create --role admin --organisation Bapperida --data "+data)...))
	auditor := lastLine(must(t, words("keys create --role auditor --organisation Inspektorat --data "+data)...))
	if code, _, err := run(t, words("keys create --role planner --organisation X --areas 99.99 --data "+data)...); code != exitFailed || !strings.Contains(err, "99.99") {
		t.Errorf("a key for an area that is not there: exit %d, %s", code, err)
	}
	s := start(t, "serve", "--data", data)
	events := s.follow(t, "")

	program := `edition: "2025-q3", program: {code: "AIR", name: "Air bersih", pillar: HOUSING, funder: "PDAM", funderKind: PRIVATE, year: 2026, eligibility: {deprivedIn: [UNSAFE_WATER]}, source: "SK 1/2026"}`
	made := s.reply(t, admin, `mutation { createProgram(`+program+`, clientId: "air-00001") { revision program { code eligibility coverage(by: KABUPATEN_KOTA) { eligible { value } } } } }`)
	if made.code() != "" || !strings.Contains(string(made.Data["createProgram"]), `"code":"AIR"`) {
		t.Fatalf("%+v", made)
	}
	again := s.reply(t, admin, `mutation { createProgram(`+program+`, clientId: "air-00001") { revision program { code eligibility coverage(by: KABUPATEN_KOTA) { eligible { value } } } } }`)
	if string(again.Data["createProgram"]) != string(made.Data["createProgram"]) {
		t.Errorf("asked again: %s, first %s", again.Data["createProgram"], made.Data["createProgram"])
	}
	if r := s.reply(t, admin, `mutation { createProgram(`+program+`, clientId: "air-00002") { revision } }`); r.code() != "CONFLICT" {
		t.Errorf("a code that is taken: %+v", r)
	}
	wrong := s.reply(t, admin, `mutation { updateProgram(edition: "2025-q3", program: {code: "AIR", name: "", pillar: HOUSING, funder: "", funderKind: PRIVATE, year: 12, budgetRupiah: -5, eligibility: {}, source: ""}, clientId: "air-00003") { revision } }`)
	fields := map[string]bool{}
	for _, e := range wrong.Errors {
		fields[e.Extensions.Field] = true
	}
	if wrong.code() != "BAD_USER_INPUT" || len(fields) < 3 || fields[""] {
		t.Errorf("each fault has its field: %+v", wrong)
	}
	if event := <-events; !strings.Contains(event, `"state":"2025-q3+2025-10"`) {
		t.Errorf("programmes were redefined: %s", event)
	}
	published := s.reply(t, admin, `mutation { publishEdition(edition: "2025-q3", release: "2025-11", acceptRejected: true, clientId: "release-11") { state edition { state enrolmentsAsOf } } }`)
	if published.code() != "" || !strings.Contains(string(published.Data["publishEdition"]), `"2025-q3+2025-11"`) {
		t.Errorf("%+v", published)
	}
	if event := <-events; !strings.Contains(event, `"state":"2025-q3+2025-11"`) {
		t.Errorf("a publication: %s", event)
	}
	if r := s.reply(t, "", `{ edition { state } }`); !strings.Contains(string(r.Data["edition"]), "2025-q3+2025-11") {
		t.Errorf("a publication is not answered from: %s", r.Data["edition"])
	}
	if r := s.reply(t, admin, `mutation { discardEdition(edition: "2025-q4", clientId: "discard-q4") { discarded } }`); r.code() != "" {
		t.Errorf("%+v", r)
	}
	if r := s.reply(t, admin, `mutation { discardEdition(edition: "2025-q3", clientId: "discard-q3") { discarded } }`); r.code() != "CONFLICT" {
		t.Errorf("what is published is discarded: %+v", r)
	}

	if r := s.reply(t, admin, `mutation { createKey(key: {role: PLANNER, organisation: "X", areas: ["99.99"]}, clientId: "key-00000") { secret } }`); r.code() != "NOT_FOUND" || r.Errors[0].Extensions.Field != "key.areas[0]" {
		t.Errorf("a key for an area that is not there: %+v", r)
	}
	created := s.reply(t, admin, `mutation { createKey(key: {role: PLANNER, organisation: "Kelurahan Bacang", purpose: "verification", areas: ["19.71.01.1004"]}, clientId: "key-00001") { key { id areas } secret } }`)
	var change struct {
		Key    struct{ ID string }
		Secret string
	}
	if err := json.Unmarshal(created.Data["createKey"], &change); err != nil || change.Secret == "" {
		t.Fatalf("%v: %+v", err, created)
	}
	own := s.follow(t, change.Secret)
	if r := s.reply(t, change.Secret, `{ viewer { role organisation areas keyId } }`); !strings.Contains(string(r.Data["viewer"]), `"areas":["19.71.01.1004"]`) {
		t.Errorf("%s %+v", r.Data["viewer"], r.Errors)
	}
	if r := s.reply(t, admin, `mutation { revokeKey(id: "`+change.Key.ID+`", clientId: "revoke-01") { key { revokedAt } secret } }`); r.code() != "" {
		t.Errorf("%+v", r)
	}
	if r := s.reply(t, change.Secret, `{ viewer { role } }`); r.code() != "UNAUTHENTICATED" {
		t.Errorf("a revoked key: %+v", r)
	}

	s.reply(t, admin, `mutation { updateProgram(`+strings.Replace(program, "2026", "2027", 1)+`, clientId: "air-00004") { revision } }`)
	if event := <-own; !strings.Contains(event, "UNAUTHENTICATED") {
		t.Errorf("a revoked key's stream: %s", event)
	}
	if event, open := <-own; open {
		t.Errorf("a revoked key's stream goes on: %s", event)
	}
	if event := <-events; !strings.Contains(event, `"state":"2025-q3+2025-11"`) {
		t.Errorf("programmes were redefined again: %s", event)
	}

	log := s.reply(t, auditor, `{ auditLog(first: 200) { edges { node { sequence action operation role organisation purpose fields states rows outcome queryHash hash } } } auditVerification { intact entries head { text } } }`)
	text := string(log.Data["auditLog"])
	for _, want := range []string{`"fields":["createProgram"]`, `"fields":["publishEdition"]`, `"fields":["createKey"]`, `"action":"edition publish"`, `"outcome":"CONFLICT"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the audit log does not hold %s:\n%s", want, text)
		}
	}
	if !strings.Contains(string(log.Data["auditVerification"]), `"intact":true`) {
		t.Errorf("%s", log.Data["auditVerification"])
	}
	if strings.Contains(text, change.Secret) {
		t.Error("the audit log holds a key")
	}
	if r := s.reply(t, admin, `{ auditLog { pageInfo { hasNextPage } } }`); r.code() != "FORBIDDEN" {
		t.Errorf("an administrator reads the audit log: %+v", r)
	}
}
