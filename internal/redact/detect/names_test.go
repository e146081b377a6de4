package detect

import (
	"strings"
	"testing"
)

// Names and what they mean, one meaning a line; a name has exactly these.
const meanings = `
password: password Password PASSWORD passwd pwd user_password userPassword db-password dbPassword DB_PASSWORD newPassword confirm_password passwordConfirmation passphrase
	user[password] user.password users.0.password data[attributes][password] loginPassword smtp_pass MYSQL_PWD PGPASSWORD pin otp password2 passwd_1 j_password _password
	contraseña contrasena Contraseña CONTRASEÑA passwort kennwort senha motDePasse mot_de_passe wachtwoord lösenord haslo hasło парол​ь Пароль 密码 SPRING_DATASOURCE_PASSWORD userpassword rootpassword adminpasswd password_hash
	redis_password REDIS_PASSWORD security_answer
secret: secret client_secret clientSecret CLIENT_SECRET apiKey api_key API-KEY X-Api-Key x-api-key apikey APIKEY secret_key SecretAccessKey AWS_SECRET_ACCESS_KEY aws_secret_access_key private_key privateKey signingKey encryption_key
	accessKey access_key shared_secret webhookSecret hmac_key Ocp-Apim-Subscription-Key secret_key_base STRIPE_SECRET_KEY OPENAI_API_KEY google_api_key masterKey appSecret consumer_secret JWT_SECRET oauth_token_secret
token: token Token access_token accessToken ACCESS_TOKEN refreshToken refresh_token id_token idToken csrf_token csrfToken X-CSRF-Token XSRF-TOKEN X-XSRF-TOKEN csrfmiddlewaretoken authenticity_token __RequestVerificationToken
	X-Amz-Security-Token resetToken passwordResetToken jwt bearerToken bearer_token api_token apiToken personal_access_token device_token SAMLResponse client_assertion code_verifier github_token GITHUB_TOKEN PRIVATE-TOKEN Private-Token
	X-Vault-Token accesstoken refreshtoken npm_token emailVerificationToken next-auth.csrf-token
token|auth: X-Goog-Iam-Authorization-Token X-Auth-Token authToken auth_token x-access-token
token|session: session_token sessionToken remember_token remember_me
session: __Secure-next-auth.session-token session sessionid sessionId session_id SESSION_ID JSESSIONID PHPSESSID ASP.NET_SessionId connect.sid laravel_session _gitlab_session rack.session CFID CFTOKEN ci_session sails.sid koa:sess express:sess PLAY_SESSION sid user_session .AspNetCore.Session .ASPXAUTH
	.AspNetCore.Cookies SSID HSID SAPISID __Secure-1PSID AUTH_SESSION_ID KEYCLOAK_IDENTITY grafana_session MoodleSession SMSESSION MRHSession LtpaToken2 roundcube_sessid fe_typo_user _session_id beaker.session.id wordpress_logged_in appSession ory_kratos_session li_at
	frontendSession userSessionId shibsession vaadinSession DSID
auth: Authorization authorization AUTHORIZATION Proxy-Authorization proxy_authorization auth credentials credential basicAuth X-Forwarded-Authorization httpAuth
cookie: Cookie cookie Set-Cookie set-cookie cookies Cookie2
email: email Email E-Mail e_mail eMail mail emailAddress email_address user_email userEmail USEREMAIL contact.email user[email] customer[email] replyTo Reply-To correo correo_electronico correoElectrónico courriel adresse_email emailId billing_email to_email workEmail email1
	emails customerEmailAddress recipient_email E-Mail-Adresse correo_usuario
phone: phone Phone phoneNumber phone_number PHONE_NUMBER mobile mobileNumber mobile_no cellPhone tel telephone fax faxNumber msisdn contactNumber home_phone workPhone telefono teléfono Teléfono celular telefonnummer handynummer telefone 手机号 phone1 phone_2 userPhone telefono_cliente
	customer.phone whatsapp
card: cardNumber card_number Card-Number CARDNUMBER card.number card[number] creditCard credit_card creditCardNumber credit_card_no ccnum cc_number pan PAN primaryAccountNumber debitCardNumber tarjeta numero_tarjeta kreditkartennummer numeroCarte cardno payment_card_number card_num
card_code: cvv CVV cvv2 cvc cvc2 securityCode security_code cardSecurityCode card_cvc card-code cardVerificationValue codigo_seguridad cc_cvv ccv
ssn: ssn SSN social_security_number socialSecurityNumber social-security patientSsn employee_ssn userSSN ssn_number
national_id: nationalId national_id nationalIdNumber nino dni DNI cpf CPF curp aadhaar aadhaar_number personnummer pesel bsn nric codiceFiscale codice_fiscale id_number idNumber identityNumber idCardNo cedula numero_documento 身份证号
tax_id: taxId tax_id TIN ein EIN vatNumber vat_number taxpayerId steuernummer partitaIva USt-IdNr cnpj gstin
passport: passport passportNo passport_number passportNumber pasaporte reisepass numeroPasaporte
license: driverLicense drivers_license driver_license_number drivingLicenceNumber licenseNumber dl_number licencePlate führerschein
iban: iban IBAN iban_number beneficiaryIban debtor_iban
routing: routing routingNumber routing_number aba abaRoutingNumber sortCode sort_code BLZ ifsc bsb
account: accountNumber account_number accountNo acct_num bankAccount bank_account_number kontonummer rekeningnummer numero_cuenta clabe
npi: npi NPI providerNpi npi_number providerId billing_provider_npi
mrn: mrn MRN medicalRecordNumber medical_record_number patientId patient_id chartNumber patientMrn medicalRecordNo
health: insurance_number insuranceId medicare medicareNumber nhsNumber nhs_number dea deaNumber healthInsuranceNumber memberId
ip: ip IP ipAddress ip_address IPAddress client_ip clientIp remoteAddr remote_addr REMOTE_ADDR X-Forwarded-For x-forwarded-for X-Real-IP X-Real-Ip True-Client-IP CF-Connecting-IP Fastly-Client-IP Forwarded ipv4 IPv6 ipv4Address source_ip clientIPAddress user_ip
	direccion_ip last_login_ip sourceIPAddress X-Client-IP
mac: mac macAddress mac_address MAC-Address bssid wifi_mac
device: imei IMEI idfa deviceId device_id vin VIN android_id advertisingId serialNumber iccid imsi
latitude: lat latitude Latitude geo_lat gpsLatitude location.lat
longitude: lon lng longitude geo_lng location.lng gpsLongitude
latitude|longitude: latlng coordinates gps geoLocation geo.coordinates lat_lng
birth: dob DOB birthDate birth_date dateOfBirth date_of_birth date-of-birth birthday fechaNacimiento fecha_de_nacimiento geburtsdatum dataNascimento date_naissance patientDob 生年月日
person: firstName first_name FIRST-NAME lastname lastName fullName full_name surname givenName familyName middle_name cardholder cardholderName cardHolderName nameOnCard name_on_card maidenName vorname Nachname prénom prenom apellido apellidos nombre customerName patient_name
	accountHolderName cognome achternaam sobrenome contactName firstname user.firstName billing_first_name
address: address street streetAddress street_address address1 address_1 addressLine1 address_line_2 addressLine2 homeAddress shippingAddress billing_address direccion strasse straße rue calle indirizzo mailingAddress AddressLine1 houseNumber
city: city City town addressCity billing_city ciudad stadt ville placeOfBirth address.city birthPlace
postal: zip zipCode zip_code postalCode postal_code postcode plz PLZ codigoPostal cp billing_zip shippingPostalCode cep
password|postal: pincode pin_code
user: user username userName user_name login loginName usuario benutzername account_name
id: id uuid traceId trace_id requestId x-request-id X-Request-Id X-Correlation-Id etag ETag hash sha256 checksum digest md5 userId customer_id keyId key_id accessKeyId jti tokenId card_id emailId2Hash commit_sha fingerprint Idempotency-Key token_id addressId contact_id X-B3-TraceId
	orderId order_uuid traceparent If-None-Match content_md5 email_hash
time: timestamp created_at createdAt updated_at expiresAt expires_in expiry tokenExpiry sessionTimeout session_timeout passwordChangedAt password_expiry ttl cardExpiry exp_month cardExpYear emailVerifiedAt lastLogin ts date startTime birthYearCreatedAt iat Retry-After
amount: amount price total count size length tokenCount token_count maxTokens max_tokens prompt_tokens total_tokens latency version ipVersion api_version apiVersion passwordLength minPasswordLength addressCount num_tokens session_count emailCount balance cost Content-Length
	phone_count card_balance numberOfCards sessionCount
none: tokenType token_type tokenTypeHint passwordResetUrl password_reset_url password_policy passwordPolicy emailVerified email_verified isEmail isEmailVerified is_email hasPassword has_phone phoneType phone_type cardType card_type cardBrand publicKey public_key primaryKey
	foreign_key secretName secret_name nameSpace namespace fileName filename hostname hostName userAgent User-Agent accept Content-Type name title description status url callbackUrl tokenEndpoint token_url pageToken next_page_token nextToken emailTemplate emailSubject phoneCountry
	cookieConsent cookie_policy sessionType sessionAffinity accountType addressType country countryCode state currency language enabled passwordRequired require_password showPassword authProvider auth_method authType siteKey cacheKey sortKey partition_key objectKey tokenizer
	emailNotifications smsEnabled phoneVerified mobileApp machine machineName cellIndex latest platform company capacity pinned spinner passed bypass compass tokenList x-powered-by via server licenseType insuranceType policyName displayName productName serviceName zipFile
	walletAddress contract_address routingKey routing_key mailServer www-authenticate WWW-Authenticate cell_type description2 q page offsetParent items results foo bar validateEmail use_ssl allowedMethods key value label cardTitle secret_version_name emailProvider sessionStorage
	network_address X-Forwarded-Proto X-Forwarded-Host X-Forwarded-Port X-Forwarded-Client-Cert isSecret useToken disableAuth X-Frame-Options Strict-Transport-Security Connection Host Origin Referer Sec-Fetch-Mode last4 card_last4 cardLast4`

func TestClassifyName(t *testing.T) {
	meaning := ""
	for _, word := range strings.Fields(strings.ReplaceAll(meanings, "\u200b", "")) {
		if strings.HasSuffix(word, ":") && (word == "none:" || classNamed(strings.TrimSuffix(word, ":"))) {
			meaning = strings.TrimSuffix(word, ":")
			continue
		}
		got := ClassifyName([]byte(word))
		switch {
		case meaning == "none" && got&^(NameID|NameTime|NameAmount) != 0:
			t.Errorf("%s means %s, want nothing sensitive", word, got)
		case meaning != "none" && got.String() != meaning:
			t.Errorf("%s means %s, want %s", word, got, meaning)
		}
	}
}

func classNamed(text string) bool {
	for _, name := range strings.Split(text, "|") {
		if _, known := ParseNameClass(name); !known {
			return false
		}
	}
	return true
}

// A name means the same in all the spellings that programs write.
func TestClassifyNameSpellings(t *testing.T) {
	for _, words := range [][]string{{"card", "number"}, {"access", "token"}, {"date", "of", "birth"}, {"client", "secret"}, {"medical", "record", "number"}, {"token", "type"}, {"ip", "address"}} {
		title := make([]string, len(words))
		for i, word := range words {
			title[i] = strings.ToUpper(word[:1]) + word[1:]
		}
		want := ClassifyName([]byte(strings.Join(words, "_")))
		for _, name := range []string{
			strings.Join(words, "-"), strings.Join(words, "."), strings.Join(words, " "), strings.Join(words, ""), strings.Join(words, "]["), strings.Join(title, ""), strings.Join(title, "-"),
			words[0] + strings.Join(title[1:], ""), strings.ToUpper(strings.Join(words, "_")), strings.ToUpper(strings.Join(words, "")), "__" + strings.Join(words, "__") + "__",
		} {
			if got := ClassifyName([]byte(name)); got != want {
				t.Errorf("%s means %s, %v %s", name, got, words, want)
			}
		}
	}
}

func TestClassifyNameLong(t *testing.T) {
	for name, want := range map[string]NameClass{
		strings.Repeat("com.example.very.long.package.", 200) + "db.password": NamePassword,
		strings.Repeat("some_", 200) + "_email":                               NameEmail,
		strings.Repeat("-", 500):                                              0,
		strings.Repeat("aX1", 100) + "-cc":                                    0,
		"UUID:13a3bf19-2608-48cc-68f5-601727e07e5":                            0,
		"JWT:eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.ccR5cCI6":                   0,
		"": 0,
	} {
		if got := ClassifyName([]byte(name)); got != want {
			t.Errorf("%.80s… means %s, want %s", name, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	names := NewNames(map[string]NameClass{"x-acme-sig-for-the-payment-gateway-v2": NameSecret, "kundencode": NamePassword, "ssn": 0, "Größe": NameID})
	for name, want := range map[string]NameClass{
		"X-Acme-Sig-For-The-Payment-Gateway-V2": NameSecret, "kundenCode": NamePassword, "oldKundencode": NamePassword, "kundencode_type": 0,
		"ssn": 0, "donorSSN": 0, "email": NameEmail, "GRÖßE": NameID,
	} {
		if got := names.Classify([]byte(name)); got != want {
			t.Errorf("%s means %s, want %s", name, got, want)
		}
	}
	if got := ClassifyName([]byte("ssn")); got != NameSSN {
		t.Errorf("the built-in table was changed: ssn means %s", got)
	}
}

func TestNameClassText(t *testing.T) {
	if got := (NameToken | NameAuth).Words(); got != "a token or credentials" {
		t.Errorf("words are %q", got)
	}
	if got := NameClass(0).Words() + NameClass(0).String(); got != "nothingnone" {
		t.Errorf("no meaning is %q", got)
	}
	for i, name := range NameClasses() {
		if class, ok := ParseNameClass(name); !ok || class != 1<<i || class.String() != name {
			t.Errorf("%s is read as %v", name, class)
		}
	}
	if class, ok := ParseNameClass("amount"); !ok || class != NameAmount {
		t.Errorf("the words do not follow the constants: amount is %d", class)
	}
	if _, ok := ParseNameClass("nonsense"); ok {
		t.Error("nonsense is a meaning")
	}
}

func TestClassifyNameAllocates(t *testing.T) {
	name := []byte("X-Amz-Security-Token")
	if n := testing.AllocsPerRun(100, func() { ClassifyName(name) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func FuzzClassifyName(f *testing.F) {
	for _, name := range []string{"cardNumber", "ASP.NET_SessionId", "", "ÄöÜ", "a1B2c3"} {
		f.Add([]byte(name))
	}
	f.Fuzz(func(t *testing.T, name []byte) {
		class := ClassifyName(name)
		if again := ClassifyName(append([]byte("--"), name...)); len(name) < maxNameBytes-2 && again != class {
			t.Errorf("%q means %s, with dashes before it %s", name, class, again)
		}
		NewNames(map[string]NameClass{"other": NameID}).Classify(name)
	})
}

func BenchmarkClassifyName(b *testing.B) {
	for _, name := range []string{"cardNumber", "access_token", "description", "X-Forwarded-For", "merchantdefined"} {
		b.Run(name, func(b *testing.B) {
			text := []byte(name)
			b.ReportAllocs()
			for b.Loop() {
				ClassifyName(text)
			}
		})
	}
}
