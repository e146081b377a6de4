package personal

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// devFolder is the folder with public test vectors; the test is skipped by name without it.
func devFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("BYOC_REDACTION_DEV")
	if folder == "" {
		t.Skip("BYOC_REDACTION_DEV is not set: no vectors to score on")
	}
	return folder
}

// vectors calls each with every line of a file.
func vectors[T any](t *testing.T, path string, each func(T)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		each(v)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// entityTypes are the types that stand for an entity of the recogniser tests.
func entityTypes(entity string) []detect.Type {
	switch entity {
	case "ABA_ROUTING_NUMBER":
		return []detect.Type{detect.ABA}
	case "CREDIT_CARD":
		return []detect.Type{detect.Card}
	case "CRYPTO":
		return []detect.Type{detect.CryptoAddress}
	case "EMAIL_ADDRESS":
		return []detect.Type{detect.Email}
	case "IBAN_CODE":
		return []detect.Type{detect.IBAN}
	case "IP_ADDRESS":
		return []detect.Type{detect.IPv4, detect.IPv6}
	case "MAC_ADDRESS":
		return []detect.Type{detect.MAC}
	case "MEDICAL_LICENSE", "UK_NHS", "AU_MEDICARE", "US_MBI", "DE_HEALTH_INSURANCE":
		return []detect.Type{detect.HealthID}
	case "PHONE_NUMBER", "TR_PHONE_NUMBER", "PH_MOBILE_NUMBER":
		return []detect.Type{detect.Phone}
	case "US_SSN":
		return []detect.Type{detect.SSN}
	case "US_ITIN":
		return []detect.Type{detect.ITIN}
	case "US_NPI":
		return []detect.Type{detect.NPI}
	case "US_BANK_NUMBER":
		return []detect.Type{detect.BankAccount}
	}
	switch {
	case strings.HasSuffix(entity, "PASSPORT"):
		return []detect.Type{detect.Passport}
	case strings.Contains(entity, "DRIV") || strings.HasSuffix(entity, "FUEHRERSCHEIN"):
		return []detect.Type{detect.DriverLicense}
	case strings.Contains(entity, "VEHICLE") || strings.Contains(entity, "PLATE") || strings.HasSuffix(entity, "KFZ") || strings.HasSuffix(entity, "POSTCODE") ||
		strings.HasSuffix(entity, "PLZ") || entity == "URL" || entity == "DATE_TIME" || entity == "PERSON" || entity == "":
		return nil
	}
	return []detect.Type{detect.NationalID, detect.TaxID, detect.SSN, detect.HealthID}
}

type recogniserVector struct {
	Source   string
	Test     string
	Entities []string
	Text     string
	Expected *int `json:"expected_len"`
	Spans    [][2]int
}

// score is how an entity fared.
type score struct{ found, missed, wrong, clean, weak int }

func TestScoreOnRecogniserVectors(t *testing.T) {
	folder := devFolder(t)
	finder := New(func(*detect.Rule) bool { return true })
	scores := map[string]*score{}
	verbose := os.Getenv("BYOC_REDACTION_VERBOSE")
	vectors(t, filepath.Join(folder, "presidio-recognizer-tests", "vectors.jsonl"), func(v recogniserVector) {
		entity := ""
		switch {
		case len(v.Entities) == 1:
			entity = v.Entities[0]
		case strings.Contains(v.Source, "phone"):
			entity = "PHONE_NUMBER"
		}
		types := entityTypes(entity)
		if types == nil || v.Expected == nil {
			return
		}
		s := scores[entity]
		if s == nil {
			s = &score{}
			scores[entity] = s
		}
		text := []byte(v.Text)
		var got []string
		sure, weak := 0, 0
		for _, f := range detect.Resolve(finder.Find(nil, text, detect.NewShape(text), detect.Hints{})) {
			got = append(got, fmt.Sprintf("%s %.2f %q", f.Rule.Name, f.Confidence, text[f.Start:f.End]))
			for _, kind := range types {
				if f.Rule.Type == kind {
					if f.Confidence >= 0.5 {
						sure++
					} else {
						weak++
					}
				}
			}
		}
		want := *v.Expected
		s.found += min(sure, want)
		s.missed += max(want-sure, 0)
		s.wrong += max(sure-want, 0)
		s.weak += min(max(want-sure, 0), weak)
		if want == 0 && sure == 0 {
			s.clean++
		}
		if sure != want && (verbose == "all" || verbose == entity) {
			t.Logf("%s want %d, sure %d, weak %d in %q: %v", entity, want, sure, weak, v.Text, got)
		}
	})
	t.Logf("%-28s %6s %6s %6s %6s %6s %7s %7s", "entity", "found", "missed", "(weak)", "wrong", "clean", "recall", "precis.")
	for _, entity := range sortedKeys(scores) {
		s := scores[entity]
		t.Logf("%-28s %6d %6d %6d %6d %6d %7.3f %7.3f", entity, s.found, s.missed, s.weak, s.wrong, s.clean, ratio(s.found, s.missed), ratio(s.found, s.wrong))
	}
}

func ratio(part, others int) float64 {
	if part+others == 0 {
		return 1
	}
	return float64(part) / float64(part+others)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

type validatorVector struct {
	Validator string
	Args      []any
	Value     any
	Valid     bool
}

// underName is the class of names that stands for a validator, and the type a valid value must be found as.
func underName(validator string) (class detect.NameClass, types []detect.Type) {
	switch validator {
	case "isEmail":
		return 0, []detect.Type{detect.Email}
	case "isCreditCard":
		return 0, []detect.Type{detect.Card}
	case "isIBAN":
		return 0, []detect.Type{detect.IBAN}
	case "isIP", "isIPRange":
		return 0, []detect.Type{detect.IPv4, detect.IPv6}
	case "isMACAddress":
		return detect.NameMAC, []detect.Type{detect.MAC}
	case "isMobilePhone":
		return detect.NamePhone, []detect.Type{detect.Phone}
	case "isAbaRouting":
		return detect.NameRouting, []detect.Type{detect.ABA}
	case "isIdentityCard":
		return detect.NameNationalID, []detect.Type{detect.NationalID, detect.SSN}
	case "isTaxID", "isVAT":
		return detect.NameTaxID, []detect.Type{detect.TaxID, detect.NationalID, detect.SSN, detect.ITIN}
	case "isPassportNumber":
		return detect.NamePassport, []detect.Type{detect.Passport}
	case "isBtcAddress", "isEthereumAddress":
		return 0, []detect.Type{detect.CryptoAddress}
	case "isIMEI":
		return detect.NameDevice, []detect.Type{detect.DeviceID}
	case "isPostalCode":
		return detect.NamePostal, []detect.Type{detect.PostalCode}
	}
	return 0, nil
}

func TestScoreOnValidatorVectors(t *testing.T) {
	folder := devFolder(t)
	finder := New(func(*detect.Rule) bool { return true })
	scores := map[string]*score{}
	verbose := os.Getenv("BYOC_REDACTION_VERBOSE")
	vectors(t, filepath.Join(folder, "validatorjs-vectors", "vectors.jsonl"), func(v validatorVector) {
		class, types := underName(v.Validator)
		value, ok := v.Value.(string)
		if types == nil || !ok {
			return
		}
		s := scores[v.Validator]
		if s == nil {
			s = &score{}
			scores[v.Validator] = s
		}
		text := []byte(value)
		sure := false
		var got []string
		for _, f := range detect.Resolve(finder.Find(nil, text, detect.NewShape(text), detect.Hints{Class: class})) {
			got = append(got, fmt.Sprintf("%s %.2f %q", f.Rule.Name, f.Confidence, text[f.Start:f.End]))
			for _, kind := range types {
				whole := len(strings.TrimSpace(value)) <= f.End-f.Start
				sure = sure || f.Rule.Type == kind && f.Confidence >= 0.5 && whole
			}
		}
		switch {
		case v.Valid && sure:
			s.found++
		case v.Valid:
			s.missed++
		case sure:
			s.wrong++
		default:
			s.clean++
		}
		if v.Valid != sure && (verbose == v.Validator || verbose == "-"+v.Validator && v.Valid) {
			t.Logf("%s%v valid %v found %v: %q %v", v.Validator, v.Args, v.Valid, sure, value, got)
		}
	})
	t.Logf("%-20s %6s %6s %6s %6s %7s", "validator", "found", "missed", "wrong", "clean", "recall")
	for _, name := range sortedKeys(scores) {
		s := scores[name]
		t.Logf("%-20s %6d %6d %6d %6d %7.3f", name, s.found, s.missed, s.wrong, s.clean, ratio(s.found, s.missed))
	}
}
