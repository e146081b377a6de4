package personal

import (
	"strings"
	"testing"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
)

// sentence is a text with the only values of a type it holds, marked by square brackets.
type sentence struct {
	kind detect.Type
	text string
}

// sentences are what people and programs write around a value.
var sentences = []sentence{
	{detect.MedicalRecord, "MRN: [12345678]"}, {detect.MedicalRecord, "Patient MRN [A-1234567] was admitted"}, {detect.MedicalRecord, "mrn=[00982711];ward=4"},
	{detect.MedicalRecord, "Medical Record Number: [MR-2024-00123]"}, {detect.MedicalRecord, "medical record no. [4478123]"}, {detect.MedicalRecord, "Medical record #[88-12-34]"},
	{detect.MedicalRecord, "Patient ID: [P0012345]"}, {detect.MedicalRecord, "patient number [5567812] seen today"}, {detect.MedicalRecord, "Chart #[C-77812]"},
	{detect.MedicalRecord, "chart number [778120] reviewed"}, {detect.MedicalRecord, "Hospital number: [H1234567]"}, {detect.MedicalRecord, "The patient's MRN is [7788990]."},
	{detect.MedicalRecord, "MRN#[556677]"}, {detect.MedicalRecord, "MRN-[0012345]"}, {detect.MedicalRecord, "patientId: [998812], age 44"}, {detect.MedicalRecord, "Record for patient with medical record number [100200300]"},
	{detect.MedicalRecord, "mrn [MRN123456] transferred"}, {detect.MedicalRecord, "Health record number: [HR998877]"}, {detect.MedicalRecord, "(MRN [4455667])"}, {detect.MedicalRecord, "MRN number [E12345678]"},
	{detect.NPI, "NPI: [1234567893]"}, {detect.NPI, "npi=[1245319599]"}, {detect.NPI, "Provider NPI number [1003000126]"}, {detect.NPI, "The National Provider Identifier is [1234567893]"},
	{detect.NPI, "Dr. Lee (NPI [1245319599]) signed"}, {detect.NPI, "referring provider [1003000126]"},
	{detect.Phone, "Call me at [(212) 555-0147] or [212-555-0199]"}, {detect.Phone, "Phone: [+1 (212) 555-0147]"}, {detect.Phone, "tel:[+1-212-555-0147]"}, {detect.Phone, "Mobile [07911 123456]"},
	{detect.Phone, "my cell is [4155550132]"}, {detect.Phone, "Fax: [+49 30 901820]"}, {detect.Phone, "WhatsApp [+91 98765 43210]"}, {detect.Phone, "contact [1-800-555-0199] ext"}, {detect.Phone, "phone=[2125550147]&x=1"},
	{detect.Phone, "Telefon: [030 1234567]"}, {detect.Phone, "Tél. [01 42 68 53 00]"}, {detect.Phone, "ring [020 7946 0958] after six"}, {detect.Phone, "[212.555.0147 x42]"}, {detect.Phone, "[001-212-555-0147]"},
	{detect.Phone, "Call [555-0147] now"}, {detect.Phone, "Text [(02) 9374 4000]"}, {detect.Phone, "[+44 (0)20 7946 0958]"}, {detect.Phone, "[+1.212.555.0147]"}, {detect.Phone, "phone number is [9876543210]"},
	{detect.Phone, "phone_number: [212 555 0147]"}, {detect.Phone, "[+86 138 1234 5678]"}, {detect.Phone, "[0044 20 7946 0958]"}, {detect.Phone, "Reach us on [+61 2 9374 4000]!"}, {detect.Phone, "[(212)555-0147]"}, {detect.Phone, "[+12125550147]"},
	{detect.SSN, "SSN: [536-22-1749]"}, {detect.SSN, "ssn=[536221749]"}, {detect.SSN, "Social Security Number [536 22 1749]"}, {detect.SSN, "his social is [536221749]"}, {detect.SSN, "SSN#[536-22-1749],"}, {detect.SSN, "[123-45-6789]"},
	{detect.Card, "Visa [4111 1111 1111 1111] exp 12/29"}, {detect.Card, "card number [5555555555554444]"}, {detect.Card, "cc: [3782-822463-10005]"}, {detect.Card, "pay with [4012888888881881]."}, {detect.Card, "Card=[6011000990139424]&cvv=123"},
	{detect.CardCode, "cvv=[123]&x"}, {detect.CardCode, "CVC: [4321]"}, {detect.CardCode, "CVV2 [987]"},
	{detect.IBAN, "IBAN: [DE89 3704 0044 0532 0130 00]."}, {detect.IBAN, "pay to [GB82WEST12345698765432] today"}, {detect.IBAN, "[NL91ABNA0417164300],[BE68539007547034]"}, {detect.IBAN, "[FR14-2004-1010-0505-0001-3M02-606]"},
	{detect.ABA, "Routing number: [021000021]"}, {detect.ABA, "ABA [121000358] account 123"}, {detect.ABA, "routing=[011401533]"}, {detect.ABA, "RTN#[091000019]"},
	{detect.IPv4, "from [192.168.10.5] port 22"}, {detect.IPv4, "client=[203.0.113.77]:5512"}, {detect.IPv4, "[10.0.0.1], [10.0.0.2]"}, {detect.IPv4, "http://[198.51.100.23]/x"}, {detect.IPv4, "[8.8.8.8]"}, {detect.IPv4, "IP [172.16.254.1]."},
	{detect.IPv6, "peer [2001:db8:85a3::8a2e:370:7334] closed"}, {detect.IPv6, "http://[[2001:db8::ff00:42:8329]]:80/"}, {detect.IPv6, "[fe80::1ff:fe23:4567:890a%eth2]"}, {detect.IPv6, "addr=[::ffff:192.0.2.128],"},
	{detect.MAC, "wlan0 ether [00:1b:44:11:3a:b7]  txqueuelen"}, {detect.MAC, "[00-1B-44-11-3A-B7]"}, {detect.MAC, "mac [001b.4411.3ab7]"}, {detect.MAC, "from [00:1B:44:11:3A:B7] to [00:1B:44:11:3A:B8]."},
	{detect.Email, "<[jane@example.com]>"}, {detect.Email, "'[jane@example.com]'"}, {detect.Email, "to:[jane.doe+x@mail.example.co.uk];"}, {detect.Email, "user [j_doe%x@example.io] signed in"}, {detect.Email, "“[jane@example.com]”"},
	{detect.Email, "[jane@example.com],[joe@example.com]"}, {detect.Email, "{\"e\":\"[jane@example.com]\"}"}, {detect.Email, "邮箱[jane@example.com]。"}, {detect.Email, "[jane@EXAMPLE.COM]."}, {detect.Email, "cn=x,mail=[jane@example.com],ou=y"},
	{detect.Passport, "Passport number: [C01234567]"}, {detect.Passport, "passport no [912803456] issued"}, {detect.Passport, "Reisepass [C01X00T47]"},
	{detect.DriverLicense, "Driver's license number [D1234567]"}, {detect.DriverLicense, "driving licence: [MORGA657054SM9IJ]"}, {detect.DriverLicense, "DL# [S12345678]"},
	{detect.BankAccount, "Bank account number [000123456789]"}, {detect.BankAccount, "checking account 021000021 x"[:17] + "[1234567890]"},
	{detect.BirthDate, "DOB: [04/12/1984]"}, {detect.BirthDate, "born on [12 April 1984] in"}, {detect.BirthDate, "Date of Birth: [1984-04-12]"}, {detect.BirthDate, "dateOfBirth=[12.04.1984]"}, {detect.BirthDate, "birthday is [April 12, 1984]"},
	{detect.PersonName, "Patient: [Maria Lopez], MRN 1"}, {detect.PersonName, "Dear Ms. [Ana de Souza],"}, {detect.PersonName, "Customer name: [John Q. Public]\nOrder"}, {detect.PersonName, "My name is [Jane Doe] and"}, {detect.PersonName, "Full Name: [JOHN SMITH]"},
	{detect.Address, "lives at [742 Evergreen Terrace, Springfield, OR 97403]."}, {detect.Address, "Ship to [1600 Pennsylvania Ave NW]"[:8] + "[1600 Pennsylvania Ave]"}, {detect.Address, "[350 Fifth Avenue, Suite 3300]"}, {detect.Address, "[10 Downing Street], London"}, {detect.Address, "PO box: [P.O. Box 123]"},
	{detect.GPS, "location: [40.712776,-74.005974]"}, {detect.GPS, "geo:[52.5200066,13.404954]"},
	{detect.DeviceID, "IMEI: [49-015420-323751-8]"}, {detect.DeviceID, "vehicle VIN [1HGCM82633A004352]"},
	{detect.HealthID, "Medicare [1EG4-TE5-MK73]"}, {detect.HealthID, "NHS number [943 476 5919]"}, {detect.HealthID, "DEA [AB1234563]"},
	{detect.NationalID, "NINO [QQ 12 34 56 C]"[:5] + "[AB 12 34 56 C]"}, {detect.NationalID, "DNI [12345678Z]"}, {detect.NationalID, "CPF: [529.982.247-25]"}, {detect.NationalID, "SIN [046-454-287]"[:4] + "[130-692-544]"},
	{detect.CryptoAddress, "send to [1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa]!"},
}

// fields are lines of records, of which each must give the one value marked in it.
var fields = []sentence{
	{detect.SSN, "74,Ana Costa,+1 (503) 466-4254,[536-22-1749]"}, {detect.Phone, "18,Ana Costa,[+1 (503) 466-4254],809-AB"}, {detect.Phone, "7,[(305) 604-9966],020-17-0624x"},
	{detect.Card, "4711,[4111111111111111],123"}, {detect.Card, "1,[5555555555554444],12/29"}, {detect.Phone, "For help call [(415) 555-0132] (24/7)"}, {detect.Phone, "[+49 30 1234567] (8-17)"},
	{detect.Card, "[4852985895747471201] was declined"}, {detect.Card, "[6761827830446532] (Maestro)"}, {detect.Card, "charge [5018004976719006] today"}, {detect.Card, "[6200000000000005], exp 12/29"},
	{detect.MedicalRecord, "PID|1||[MR648967]^^^HOSP^MR||Doe^Jane"}, {detect.MedicalRecord, "PID|1||[437823]^4^M11^HOSP^MR^X"},
	{detect.IPv4, "net [192.168.1.1].1"}, {detect.NPI, "NM1*85*2*CLINIC*****XX*[1245319599]~"}, {detect.NPI, "billing NPI=[1245319599]"},
}

func TestFieldsOfRecords(t *testing.T) {
	f := New(func(*detect.Rule) bool { return true })
	for _, s := range fields {
		start, end := strings.IndexByte(s.text, '['), strings.IndexByte(s.text, ']')
		want := s.text[start+1 : end]
		text := s.text[:start] + want + s.text[end+1:]
		found := false
		for _, finding := range f.Find(nil, []byte(text), detect.NewShape([]byte(text)), detect.Hints{}) {
			found = found || finding.Rule.Type == s.kind && finding.Confidence >= 0.4 && text[finding.Start:finding.End] == want
		}
		if !found {
			t.Errorf("%q: no %s %q", text, s.kind, want)
		}
	}
}

// quiet are texts in which nothing identifies anybody, though much looks like it.
var quiet = []string{
	"## 0.2.0 (2023-10-10)", "## 1.4.0-beta.1 (2023-06-06)", `{node="b4", pid="2642", kind="http"} 80493685`, "Pid:\t4023363", "05F3 ; [*0316.001F.0002] # GERESH",
	"*$gv{PACKAGE} . '::' . *$gv{NAME};", `regexp("::|x")`, "input(#{@input.to_s})",
	"transaction id 4850009920366212", "requestId=4439159252809899 done", "ref 2377913571038624 posted", "GTIN 38061899048613", "/img/4111111111111111.png", "seq 6200000000000005 end",
	"snmp 1.3.6.1.4.1.8853.7 = 3", "Section 3.2.75.1 applies", "ts=1597633647 took 3", "/var/log/1626612687.log",
	"order 4155552671 shipped", "order number 4111111111", "invoice INV-2026-004155552671", "tracking 1Z999AA10123456784", "tracking number 9400111899223197428490",
	"2026-11-23 10:15:30", "2026-11-23T10:15:30.123+01:00", "20261123101530", "1763892930", "1763892930123", "1763892930123456789", "Mon, 23 Nov 2026 10:15:30 GMT", "23/11/2026 10:15",
	"took 123.456.789 ns", "1,234,567,890", "$4,111.11", "EUR 1.234.567,89", "price 4111.11", "10.5%", "3.14159265358979", "6.02214076e23", "-0.00012345678",
	"v1.2.3", "1.2.3-rc.4", "version 10.20.30.40", "Chrome/120.0.6099.109", "go1.25.3", "OpenSSL 3.0.13", "1.3.6.1.4.1.311.21.20", "urn:oid:2.16.840.1.113883", "build 10.0.19045.3803",
	"3f2504e0-4f89-41d3-9a0c-0305e82c3301", "4bf92f3577b34da6a3ce929d0e0e4736", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "9e107d9d372bb6826bd81d3542a419d6", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "W/\"5f-2c9b1a77e0f1d3\"", "1048576", "0x7ffe5367e044", "1099511627776", "175928847299117063", "1234567890123456789",
	"std::string::npos", "a::b", "12:34:56", "10:15:30.123", "std::vector<int>::iterator", "::before", "image.png@2x", "icon@3x.png", "react@18.2.0", "@types/node@20.1.0", "git@github.com:org/repo.git", "https://user:pass@host.example/x",
	"SKU 978-0-306-40615-7", "ISBN 978-3-16-148410-0", "EAN 4006381333931", "4006381333931", "part 415-555-AB12", "model X-100-2000-3000", "RFC 2616 section 4.4", "page 12 of 345", "ratio 16:9", "1920x1080", "lat 5 lon 6",
	"M0 0 L24.12345 12.54321 4.5,6.7z", "rgb(12, 34, 56)", "#ff00aa", "12 Main reasons to go", "5 Star Hotel Way too good"[:12], "127.0.0.1", "0.0.0.0", "255.255.255.0", "localhost:8080", "Content-Length: 4111", "HTTP/1.1 200 OK", "keep-alive: timeout=5, max=1000",
	"Error 12345678 in module 9", "user 1234567 logged in", "account 12345", "batch 20261123-0042", "pid 12345", "process pid: 998877"[:10], "port 8080", "id=18842", "record 12345678", "license MIT", "License: Apache-2.0", "mac os 10.15.7", "card declined", "card 12", "name: orders-v2", "Name: production", "host name: Foo Bar", "file name: Annual Report",
	"1-2-3-4-5-6-7-8-9", "100-200-3000", "000-00-0000", "12-34-56", "123-456", "999-99-9999", "1111111111111111", "0000000000000000", "phone: n/a", "SSN: pending", "passport: see file", "transaction 8412-7731-9921-1123", "ABCD-1234-EFGH-5678",
}

func TestSentences(t *testing.T) {
	finder := New(func(*detect.Rule) bool { return true })
	for _, s := range sentences {
		text, want := marked(s.text)
		var got []string
		for _, f := range detect.Resolve(finder.Find(nil, text, detect.NewShape(text), detect.Hints{})) {
			if f.Rule.Type == s.kind && f.Confidence >= 0.5 {
				got = append(got, string(text[f.Start:f.End]))
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %q in %q, want %q", s.kind, got, text, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q in %q, want %q", s.kind, got, text, want)
			}
		}
	}
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	finder := New(func(*detect.Rule) bool { return true })
	for _, s := range quiet {
		text := []byte(s)
		for _, f := range detect.Resolve(finder.Find(nil, text, detect.NewShape(text), detect.Hints{})) {
			if f.Confidence >= 0.5 {
				t.Errorf("%s %.2f: %q in %q", f.Rule.Name, f.Confidence, text[f.Start:f.End], text)
			}
		}
	}
}

// marked takes the square brackets out of a text; doubled ones stand for the outer one.
func marked(s string) (text []byte, values []string) {
	start := -1
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '[' && i+1 < len(s) && s[i+1] == '[', s[i] == ']' && i+1 < len(s) && s[i+1] == ']' && start < 0:
			text = append(text, s[i])
		case s[i] == '[':
			start = len(text)
		case s[i] == ']' && start >= 0:
			values = append(values, string(text[start:]))
			start = -1
		default:
			text = append(text, s[i])
		}
	}
	return text, values
}
