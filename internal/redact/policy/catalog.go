package policy

import (
	"slices"
	"sync"

	"github.com/byoc-otel/otelcol-byoc/internal/redact/detect"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/personal"
	"github.com/byoc-otel/otelcol-byoc/internal/redact/secret"
)

// builtinPolicies can be loaded by name and extended.
var builtinPolicies = []string{"default", "strict", "secrets-only"}

// categories and types are what policies may name.
var (
	categories = texts(detect.CategorySecret, detect.CategoryCredential, detect.CategoryIdentifier, detect.CategoryContact,
		detect.CategoryPayment, detect.CategoryPerson, detect.CategoryLocation, detect.CategoryNetwork, detect.CategoryCustom)
	types = texts(detect.Email, detect.Phone, detect.Card, detect.CardCode, detect.SSN, detect.ITIN, detect.NationalID, detect.TaxID,
		detect.Passport, detect.DriverLicense, detect.IBAN, detect.ABA, detect.BankAccount, detect.CryptoAddress, detect.NPI,
		detect.MedicalRecord, detect.HealthID, detect.IPv4, detect.IPv6, detect.MAC, detect.DeviceID, detect.GPS, detect.BirthDate,
		detect.PersonName, detect.Address, detect.PostalCode, detect.JWT, detect.PrivateKey, detect.BasicAuth, detect.BearerToken,
		detect.URLPassword, detect.Password, detect.ProviderKey, detect.Secret, detect.SessionID, detect.Custom)
	// nameMeanings may be given to names; "none" takes the meaning away.
	nameMeanings = append(detect.NameClasses(), "none")
)

func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = string(value)
	}
	return out
}

// builtins is every built-in rule, in a stable order.
var builtins = sync.OnceValue(func() []*detect.Rule { return slices.Concat(secret.Rules(), personal.Rules()) })

var builtinsByName = sync.OnceValue(func() map[string]*detect.Rule {
	byName := make(map[string]*detect.Rule)
	for _, rule := range builtins() {
		byName[rule.Name] = rule
	}
	return byName
})

func builtinRule(name string) *detect.Rule { return builtinsByName()[name] }

func builtinRuleNames() []string {
	names := make([]string, 0, len(builtins()))
	for _, rule := range builtins() {
		names = append(names, rule.Name)
	}
	return names
}

// hasFinder says whether a built-in rule finds values of the type.
func hasFinder(valueType detect.Type) bool {
	return slices.ContainsFunc(builtins(), func(rule *detect.Rule) bool { return rule.Type == valueType })
}

// builtinFinders are the built-in finders for the rules that on says yes to; none where a package has no such rule.
func builtinFinders(on func(*detect.Rule) bool) []detect.Finder {
	var finders []detect.Finder
	if slices.ContainsFunc(secret.Rules(), on) {
		finders = append(finders, secret.New(on))
	}
	if slices.ContainsFunc(personal.Rules(), on) {
		finders = append(finders, personal.New(on))
	}
	return finders
}

// meaningOf is what a name has to mean for values of the type to be believed under it.
func meaningOf(valueType detect.Type) detect.NameClass {
	switch valueType {
	case detect.Email:
		return detect.NameEmail
	case detect.Phone:
		return detect.NamePhone
	case detect.Card:
		return detect.NameCard
	case detect.CardCode:
		return detect.NameCardCode
	case detect.SSN, detect.ITIN:
		return detect.NameSSN | detect.NameTaxID
	case detect.NationalID:
		return detect.NameNationalID
	case detect.TaxID:
		return detect.NameTaxID
	case detect.Passport:
		return detect.NamePassport
	case detect.DriverLicense:
		return detect.NameLicense
	case detect.IBAN:
		return detect.NameIBAN
	case detect.ABA:
		return detect.NameRouting
	case detect.BankAccount:
		return detect.NameAccount
	case detect.NPI:
		return detect.NameNPI
	case detect.MedicalRecord:
		return detect.NameMRN
	case detect.HealthID:
		return detect.NameHealth
	case detect.IPv4, detect.IPv6:
		return detect.NameIP
	case detect.MAC:
		return detect.NameMAC
	case detect.DeviceID:
		return detect.NameDevice
	case detect.GPS:
		return detect.NameLatitude | detect.NameLongitude
	case detect.BirthDate:
		return detect.NameBirth
	case detect.PersonName:
		return detect.NamePerson
	case detect.Address:
		return detect.NameAddress
	case detect.PostalCode:
		return detect.NamePostal
	case detect.Password, detect.URLPassword:
		return detect.NamePassword
	case detect.SessionID:
		return detect.NameSession
	case detect.BasicAuth, detect.BearerToken:
		return detect.NameAuth
	case detect.Secret, detect.ProviderKey, detect.PrivateKey:
		return detect.NameSecret
	case detect.JWT:
		return detect.NameToken
	default:
		return 0
	}
}
