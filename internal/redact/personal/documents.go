package personal

import "github.com/byoc-otel/otelcol-byoc/internal/redact/detect"

// documentPatterns are numbers of documents and of health care.
var documentPatterns = []pattern{
	{
		rule: idRule("us-mbi", detect.HealthID, "US Medicare beneficiary ids: letters and digits at their places, none that look alike.",
			"[2V89H94VX56]|[3RN1-J75-JR00]", "Medicare 2E58AL9QU13|Medicare 4AP3-L19-IO01"),
		forms: []string{"daxdaxdaadd", "daxd-axd-aadd"},
		check: usMBI, bare: 0.85, grouped: 0.95, near: 0.97, named: 0.95, topics: topicHealth, names: detect.NameHealth, upperOnly: true,
	},
	{
		rule: idRule("us-dea", detect.HealthID, "US DEA registrations of prescribers: kind and check digit.",
			"[EQ5992688]|[L95432276]", "DEA IW0368168|DEA F83131522"),
		forms: []string{"aaddddddd", "adddddddd"},
		check: usDEA, bare: 0.55, grouped: 0.55, near: 0.95, named: 0.95, topics: topicDEA, names: detect.NameHealth, upperOnly: true,
	},
	{
		rule: idRule("us-ein", detect.TaxID, "US employer numbers: prefixes in use, next to a word.",
			"tax number [25-8521902]|tax number [069348585]", "tax number 07-8218190|tax number 298636968"),
		forms: []string{"dd-ddddddd", "ddddddddd"},
		check: usEIN, bare: 0.2, grouped: 0.35, near: 0.95, named: 0.95, topics: topicTax, names: detect.NameTaxID,
	},
	{
		rule: idRule("kr-driver-license", detect.DriverLicense, "Korean driving licences, with their hyphens.",
			"[14-18-963999-98]", "driving licence 92-47-623872-50"),
		forms: []string{"dd-dd-dddddd-dd"},
		check: krLicense, bare: 0.6, grouped: 0.6, near: 0.9, named: 0.9, topics: topicLicense, names: detect.NameLicense,
	},
	{
		rule: idRule("de-driver-license", detect.DriverLicense, "German driving licences, next to a word.",
			"driving licence [DFYV1299212]|driving licence [Z764T9191TK]", "MR6C3188384|Q50YR0756XV"),
		forms: []string{"xxxxddddddx", "addxxddddxx"},
		bare:  0.2, grouped: 0.2, near: 0.8, named: 0.9, topics: topicLicense, names: detect.NameLicense,
	},
	{
		rule: idRule("it-driver-license", detect.DriverLicense, "Italian driving licences, next to a word.",
			"driving licence [PU8495464C]|driving licence [U1X5HFTRZT]", "BD9392390X|U1KFFMZKAC"),
		forms: []string{"aaddddddda", "U1xxxxxxxa"},
		bare:  0.3, grouped: 0.3, near: 0.85, named: 0.9, topics: topicLicense, names: detect.NameLicense,
	},
	{
		rule: idRule("passport-form", detect.Passport, "Passport numbers of two or three letters and digits, near a word.",
			"passport [VN7794783]|passport [MFD214877]|passport [K38606775]|passport [Z7407134]", "OK6719980|XAP507723|F30324554|I4658471"),
		forms: []string{"aaddddddd", "aaadddddd", "adddddddd", "addddddd", "adddadddd", "ddaaddddd"},
		bare:  0.2, grouped: 0.2, near: 0.85, named: 0.9, topics: topicPassport, names: detect.NamePassport,
	},
	{
		rule: idRule("de-document", detect.Passport, "German passports and identity cards: check digit of ICAO 9303, near a word.",
			"passport [200XT5T71]|passport [RRWC0MVY74]", "passport PFYAN411E|passport 7R3LNMG088"),
		forms: []string{"xxxxxxxxx", "xxxxxxxxxx"},
		check: icao, bare: 0.2, grouped: 0.2, near: 0.9, named: 0.9, topics: topicPassport | topicID, names: detect.NamePassport,
	},
}
