package detect

func addPersonalNames(t *nameTable) {
	t.add(kindMeaning, NameEmail, `email emails mail mails emailaddress emailaddresses mailaddress emailid emailids mailid useremail emailto emailfrom mailto mailfrom rcptto replyto replytoemail
		ccemail bccemail contactemail workemail homeemail businessemail billingemail shippingemail customeremail clientemail guestemail loginemail primaryemail
		secondaryemail alternateemail altemail recoveryemail backupemail newemail oldemail confirmemail emailconfirm emailconfirmation supportemail notificationemail
		recipientemail senderemail paypalemail inviteeemail emailvalue emailnormalized normalizedemail emailcanonical canonicalemail emailaddr mailaddr useremailaddress
		xauthemail xuseremail xforwardedemail xgoogauthenticateduseremail xmsclientprincipalname emailhandle smtpfrom envelopefrom envelopeto
		correo correos correoelectronico correoelectrónico correoe emailcliente courriel adressemail adresseemail adressecourriel adresseélectronique mél emailadresse mailadresse
		epost epostadress epostadresse eposta epostaadresi enderecoeletronico endereçoeletrônico postaelettronica indirizzoemail direccionemail direcciondecorreo
		emailadres adresemail sähköposti sahkoposti eposti surel почта электроннаяпочта эл_почта 邮箱 电子邮件 电邮 メール メールアドレス 이메일`)
	t.add(kindMeaning, NamePhone, `phone phones telephone telephones tel telno telnumber telnr phonenumber phonenumbers phoneno phonenum phonenr mobile mobileno mobilenumber mobilenum mobilephone
		mobilephonenumber mob mobno cell cellno cellphone cellnumber cellphonenumber fax faxno faxnumber faxnum msisdn imsinumber smsnumber smsphone smsto callerid callernumber callerphone
		callingnumber callednumber dialednumber landline landlinenumber homephone workphone officephone dayphone daytimephone eveningphone contactphone contactno contactnumber
		contactnum contactmobile customerphone clientphone userphone billingphone shippingphone primaryphone secondaryphone alternatephone altphone emergencyphone
		phone1 phone2 tel1 tel2 tel3 whatsapp whatsappnumber waid wanumber viber telegramphone phoneintl phonee164 e164 e164number fullphone internationalphonenumber formattedphonenumber
		internationalphone nationalphone phonewithcode mobilewithcode ani dnis voicenumber tollfree calledparty callingparty
		telefono teléfono telefonos telefonofijo telefonomovil movil móvil celular numerocelular numerotelefono numerodetelefono numtelefono fijo telefone telefonecelular
		telemóvel telemovel téléphone telephoneportable portable numerodetelephone numtel telportable telfixe telefon telefonnummer telefonnr handy handynummer handynr
		rufnummer mobilnummer mobiltelefon mobilfunknummer festnetz cellulare numeroditelefono telefoonnummer telefoon mobiel mobielnummer gsm gsmno gsmnummer mobilnr mobil
		puhelin puhelinnumero telefonszam telefonszám numertelefonu komórka komorka ceptelefonu nohp nomorhp notelp notelpon nomortelepon notelepon nomorponsel handphone hpno
		телефон мобильный номертелефона 电话 手机 手机号 手机号码 電話 電話番号 携帯 携帯電話 전화번호 휴대폰`)
	t.add(kindMeaning, NameCard, `card cardnumber cardno cardnum cardnr cardpan pan panno pannumber primaryaccountnumber creditcard creditcardnumber creditcardno creditcardnum creditcards cc ccnum ccno ccn
		ccnumber ccnr cccard debitcard debitcardnumber debitcardno paymentcard paymentcardnumber bankcard bankcardno bankcardnumber cardaccountnumber acctcard fpan dpan
		virtualcard virtualcardnumber giftcardnumber xcardnum xcardnumber cardvalue carddigits fundingpan cardnumberraw ccdata
		tarjeta numerotarjeta numerodetarjeta numtarjeta nrotarjeta tarjetacredito tarjetadecredito cartao cartão numerocartao numerodocartao cartaocredito cartaodecredito carte
		numerocarte numerodecarte cartebancaire cb numcarte cartedecredit kreditkarte kreditkartennummer kartennummer kartennr carta numerocarta cartadicredito creditcardnummer kaartnummer
		kortnummer kortnr numerkarty kartnumarasi kartno номеркарты 卡号 银行卡 银行卡号 信用卡 カード番号 クレジットカード番号 카드번호`)
	t.add(kindMeaning, NameCardCode, `cvv cvv2 cvc cvc2 cvn cvn2 cid2 cav2 csc csv2 cardcode cardcvv cardcvc cvvcode cvccode cvvnumber cvcnumber ccv ccv2 cccvv cccvc cccode securitycode cardsecuritycode cardsecurity
		cardverificationcode cardverificationvalue cardverificationnumber verificationvalue codigoseguridad codigodeseguridad codigoseguranca codigodeseguranca
		cryptogramme codesecurite codedesecurite prüfziffer pruefziffer kartenprüfnummer kartenpruefnummer sicherheitscode codicesicurezza codicedisicurezza`)
	t.add(kindMeaning, NameSSN, `ssn ssns ssnno ssnnumber ssnum socialsecurity socialsecuritynumber socialsecurityno socialsecuritynum socialsec socsec socsecnum socialsecurityid socialno ss_no sssn
		ussn taxpayerssn employeessn patientssn itin ssnitin ssntin last4ssn fullssn numerodesegurosocial`)
	t.add(kindMeaning, NameNationalID, `nationalid nationalidnumber nationalidno nationalidentitynumber nationalidentificationnumber nationalidentity nationalnumber nationalidcard nid nidnumber nin identitynumber identityno identitycard
		identitycardnumber identitydocument identitydocumentnumber idnumber idno idcard idcardno idcardnumber idcardnum iddocumentnumber documentnumber documentno personalid personalidnumber personalnumber
		personalidentificationnumber personalidentitycode personid citizenid citizennumber citizenshipnumber civilid residentid residentregistrationnumber governmentid govid
		governmentidnumber sin sinnumber socialinsurancenumber nino ninumber nationalinsurance nationalinsurancenumber nationalinsuranceno dni nie nif nifnie dninie cif curp rfc clabecurp cpf cpfnumber
		numerocpf rg cpfcnpj rut rutnumber run cedula cédula cedulaciudadania numerocedula numerodocumento numerodedocumento documentoidentidad numidentidad aadhaar aadhar adhar aadhaarnumber aadhaarno
		aadharnumber aadharno uidai pancard voterid epic nric nricno nricfin fin mykad nik ktp noktp nonik nomorktp pesel nip regon bsn bsnnummer burgerservicenummer
		personnummer personnr pnr samordningsnummer fødselsnummer fodselsnummer fnr cpr cprnr cprnummer hetu henkilötunnus henkilotunnus isikukood asmenskodas personaskods rodnecislo rodnécíslo rodneislo
		codicefiscale codfiscale cnp emso jmbg oib egn amka insee nir numerosecuritesociale numerosécuritésociale numsecu securitesociale numerosecu niss rijksregisternummer
		registrenational ahv ahvnummer avs avsnummer avsnumber sozialversicherungsnummer svnr svnummer personalausweis personalausweisnummer ausweisnummer ausweisnr
		steueridentifikationsnummer kimlikno tckimlik tckimlikno tckn teudatzehut israeliid emiratesid iqama iqamano hkid hkidnumber rrn juminno jumin mynumber kojinbango
		身份证 身份证号 身份证号码 身分證 идентификационныйномер паспортныеданные снилс snils 주민등록번호 マイナンバー 個人番号`)
	t.add(kindMeaning, NameTaxID, `taxid taxids taxidnumber taxnumber taxno taxidentifier taxidentificationnumber taxpayerid taxpayernumber taxpayeridentificationnumber tin tinnumber tinno ein einnumber fein feinnumber employeridentificationnumber
		federaltaxid vat vatid vatno vatnumber vatnr vatregistrationnumber vatin gst gstin gstnumber gstno abn acn tfn taxfilenumber utr uniquetaxreference ssntaxid itinnumber itinno cnpj nit inn
		steuernummer steuernr steuerid steueridnr ustid ustidnr umsatzsteuerid uid_nr siren siret numerotva tva partitaiva piva idfiscal identificacionfiscal numerofiscal contribuinte numerocontribuinte nifcontribuinte
		btwnummer btw momsnummer momsnr инн 税号 税番号`)
	t.add(kindMeaning, NamePassport, `passport passportno passportnum passportnumber passportnr passportid passports pasaporte numeropasaporte numerodepasaporte passaporte numeropassaporte passeport numeropasseport numerodepasseport
		reisepass reisepassnummer passnummer passaporto numeropassaporto paspoort paspoortnummer paszport numerpaszportu pas_nr pasaportno traveldocumentnumber traveldocument паспорт номерпаспорта 护照 护照号 パスポート番号 여권번호`)
	t.add(kindMeaning, NameLicense, `driverlicense driverslicense driverlicence driverslicence driverlicensenumber driverslicensenumber driverlicencenumber driverslicencenumber driverlicenseno driverslicenseno drivinglicense drivinglicence drivinglicensenumber
		drivinglicencenumber drivinglicenseno drivinglicenceno driverid driverlic drivinglic dlnumber dlno dlnum licensenumber licencenumber licenseno licenceno licensenum licenseplate
		licenceplate numberplate plateno platenumber vehicleregistration registrationplate licensestatenumber statelicense permisdeconduire permisconduire numeropermis führerschein fuehrerschein führerscheinnummer fuehrerscheinnummer kennzeichen
		licenciaconducir licenciadeconducir carnetconducir cnh patente rijbewijs rijbewijsnummer kenteken korkort körkort prawojazdy 驾驶证 驾照 車牌 车牌 車牌號 车牌号`)
	t.add(kindMeaning, NameIBAN, `iban ibans ibanno ibannumber ibancode ibannummer ibanaccount bankiban debtoriban creditoriban beneficiaryiban accountiban payeriban payeeiban senderiban receiveriban`)
	t.add(kindMeaning, NameRouting, `aba abano abanumber abarouting abaroutingnumber abacode routing routingnumber routingno routingnum routingcode routingtransitnumber rtn bankrouting bankroutingnumber achrouting achroutingnumber wirerouting wireroutingnumber sortcode banksortcode
		bsb bsbnumber bsbcode ifsc ifsccode transitnumber bankleitzahl blz bankcode branchcode fedwire`)
	t.add(kindMeaning, NameAccount, `accountnumber accountnumbers accountno accountnum accountnr acctnumber acctno acctnum acctnr acct bankaccount bankaccounts bankaccountnumber bankaccountno bankaccountnum bankacct bankacctnumber bankacctno
		beneficiaryaccount beneficiaryaccountnumber checkingaccount checkingaccountnumber savingsaccount savingsaccountnumber depositaccount depositaccountnumber
		creditaccount debitaccount debitaccountnumber creditaccountnumber payeraccount payeeaccount fromaccount toaccount fromaccountnumber toaccountnumber sourceaccountnumber destinationaccountnumber
		clabe bban cbu cvu cuenta numerocuenta numerodecuenta cuentabancaria nrocuenta numcuenta conta contabancaria numeroconta numerodaconta compte comptebancaire numerocompte numerodecompte rib numcompte konto kontonummer
		kontonr bankkonto bankverbindung rekening rekeningnummer norek norekening nomorrekening rekeningnr numerorachunku rachunek conto numeroconto contocorrente bankkontonummer hesapno tilinumero счет номерсчета 账号 账户号 银行账号 口座番号 계좌번호`)
	t.add(kindMeaning, NameNPI, `npi npis npinumber npino npiid providernpi providerid providernumber providerno nationalprovideridentifier nationalproviderid nationalprovider physiciannpi physicianid attendingnpi billingnpi
		billingprovidernpi renderingnpi renderingprovidernpi referringnpi referringprovidernpi facilitynpi prescribernpi prescriberid practitionernpi doctornpi pharmacynpi orderingprovidernpi`)
	t.add(kindMeaning, NameMRN, `mrn mrns mrnno mrnnumber medicalrecord medicalrecordnumber medicalrecordno medicalrecordnum medicalrecordid medrec medrecno medrecnum medicalno medicalnumber medicalid patientid patientids patientno patientnumber patientnum patientidentifier
		patientmrn patientrecord patientrecordnumber patientrecordno chartno chartnumber chartnum chartid hospitalnumber hospitalno hospitalid hospitalmrn recordnumber recordno healthrecordnumber ehrid emrid empi epi encounternumber
		unitnumber urn_mrn casenumber admissionnumber admissionno visitnumber accession accessionnumber accessionno historiaclinica numerohistoriaclinica nhc prontuario numeroprontuario patientennummer patientennr
		numeropatient numeropaciente idpaciente idpatient patientnummer krankenaktennummer ipp 病历号 病歴番号 患者番号`)
	t.add(kindMeaning, NameHealth, `insurance insuranceid insuranceno insurancenumber insurancepolicy insurancepolicynumber insurancepolicyno insurancememberid insurancesubscriberid insurancecard insurancecardnumber healthinsurance healthinsurancenumber
		healthinsuranceid healthid healthnumber healthcardnumber healthcard healthplanid healthplannumber healthplanbeneficiarynumber beneficiarynumber beneficiaryid subscriberid subscribernumber memberid membernumber memberno policynumber policyno
		groupnumber medicare medicareid medicareno medicarenumber medicarebeneficiaryid medicarebeneficiaryidentifier mbi mbinumber hicn hic medicaid medicaidid medicaidnumber nhs nhsno nhsnumber nhsid chinumber chino hcn
		ohip ohipnumber phn ihi dea deano deanumber deaid prescriberdea physiciandea versichertennummer krankenversicherungsnummer kvnr krankenkasse mutuelle numeromutuelle cartevitale cns cartaosus sus tarjetasanitaria
		numeroafiliacion afiliacion nss numeroseguridadsocial numerodeseguridadsocial seguridadsocial ehic`)
	addPlaceNames(t)
}

// addPlaceNames holds people's names and dates, where they live and the devices and networks they use.
//
//nolint:misspell // words of other languages
func addPlaceNames(t *nameTable) {
	t.add(kindMeaning, NameIP, `ip ips ipaddr ipaddrs ipaddress ipaddresses ipv4 ipv6 ip4 ip6 ipv4address ipv6address ipv4addr ipv6addr clientip clientips clientipaddress clientaddr clientaddress clientipaddr userip useripaddress remoteip remoteipaddress remoteaddr
		remoteaddress remotehost srcip sourceip sourceipaddress sourceaddress srcaddr destip dstip destinationip destinationipaddress peerip peeraddr peeraddress peerip serverip hostip localip publicip privateip realip lastip lastloginip loginip
		signinip currentsigninip lastsigninip registrationip createdip visitorip callerip callerip originip xip xrealip xclientip xforwardedfor forwardedfor forwarded xoriginalforwardedfor
		xclusterclientip xforwardedip trueclientip xtrueclientip cfconnectingip cfconnectingipv6 cfpseudoipv4 fastlyclientip flyclientip xazureclientip xazuresocketip xappengineuserip xenvoyexternaladdress xremoteip xremoteaddr
		xoriginatingip xorigip xhost_ip wlproxyclientip proxyclientip doconnectingip akamaiclientip xakamaiclientip incapclientip xsucuriclientip sourcenetworkaddress netpeerip netsockpeeraddr netsockhostaddr networkpeeraddress clientsocketaddress
		httpclientip adresseip adresip ipadresse ipadres direccionip direcciónip enderecoip endereçoip indirizzoip ipaddressv4 gatewayip whitelistip allowedip allowedips blockedip`)
	t.add(kindMeaning, NameIP|NameAddress, `addr`)
	t.add(kindMeaning, NameMAC, `mac macs macaddr macaddress macaddresses macid wifimac wifimacaddress bluetoothmac btmac btaddress bluetoothaddress ethernetaddress ethermac hwaddr hwaddress hardwareaddress physicaladdress bssid clientmac devicemac sourcemac
		apmac stationmac callingstationid calledstationid`)
	t.add(kindMeaning, NameDevice, `imei imeino imeinumber imeis imei1 imei2 imeisv meid esn iccid iccidnumber simserial simserialnumber imsi deviceid deviceids deviceuuid deviceguid deviceudid deviceidentifier deviceserial deviceserialnumber devicefingerprint udid idfa idfv gaid aaid
		adid advertisingid advertisingidentifier googleadid androidid androiddeviceid iosdeviceid hardwareid hwid machineid installid installationid
		vin vinnumber vinno vehicleidentificationnumber vehiclevin chassisnumber chassisno fahrgestellnummer fin_nr numerochasis serialnumber serialno oaid msaid rida lgudid tifa vida`)
	t.add(kindMeaning, NameLatitude, `lat latitude lats gpslat gpslatitude geolat geolatitude locationlat locationlatitude latdeg latdegrees startlat endlat pickuplat pickuplatitude dropofflat dropofflatitude destlat originlat userlat breitengrad latitud szerokosc 纬度 緯度 широта`)
	t.add(kindMeaning, NameLongitude, `lon lng long longitude longs lngs gpslon gpslng gpslong gpslongitude geolon geolng geolong geolongitude locationlon locationlng locationlongitude londeg startlng startlon endlng endlon pickuplng pickuplon pickuplongitude dropofflng
		dropofflon dropofflongitude destlng destlon originlng originlon userlng userlon längengrad laengengrad longitud dlugosc 经度 経度 долгота`)
	t.add(kindMeaning, NameLatitude|NameLongitude, `latlng latlngs latlon latlong lnglat lonlat coordinate coordinates coord coords gps gpslocation gpscoordinates gpsposition geo geopoint geolocation geocoordinates geoposition latitudelongitude userlocation
		currentlocation lastlocation homelocation ll coordenadas coordonnées coordonnees koordinaten coordinate_gps`)
	t.add(kindMeaning, NameBirth, `dob dobs birth birthdate birthday birthdates birthdt bdate bday dateofbirth birthyear yearofbirth birthmonth birthdayyear patientdob dobdate userdob borndate bornon born dateborn fechanacimiento fechadenacimiento fecnac nacimiento
		datanascimento datadenascimento nascimento dtnascimento dtnasc datenaissance datedenaissance naissance ddn geburtsdatum geburtstag gebdatum geburt datadinascita datanascita nascita geboortedatum geboorte födelsedatum fodelsedatum
		fødselsdato fodselsdato fødselsdag syntymäaika syntymaaika dataurodzenia urodzenia dogumtarihi doğumtarihi datumnarozeni tanggallahir tgllahir датарождения деньрождения 生日 出生日期 生年月日 誕生日 생년월일`)
	t.add(kindMeaning, NamePerson, `firstname firstnames lastname lastnames fullname middlename middleinitial middlenames surname surnames givenname givennames familyname familynames forename forenames maidenname mothersmaidenname mothermaidenname fname lname mname
		personname peoplename legalname realname birthname preferredname nickname cardholder cardholdername cardholdersname cardowner nameoncard ccname cardnameholder accountholder accountholdername accountholdersname accountownername
		holdername holder contactname contactfirstname contactlastname contactperson customername customerfullname customerfirstname customerlastname patientname patientfirstname patientlastname patientfullname employeename recipientname recipientfullname
		sendername receivername payername payeename payername beneficiaryname debtorname creditorname buyername buyerfullname guestname guestfirstname guestlastname passengername passengerfirstname passengerlastname studentname teachername
		doctorname physicianname providername_person spousename fathername fathersname mothername mothersname parentname childname drivername signername signatory signatoryname nextofkin emergencycontactname
		insuredname subscribername policyholder policyholdername tenantname_person residentname tosname billingname shippingname billtoname shiptoname deliveryname billingfirstname billinglastname shippingfirstname shippinglastname userfullname userfirstname userlastname
		nombre nombres apellido apellidos primerapellido segundoapellido primernombre nombrecompleto nombrecliente nombreusuariocompleto prénom prenom prénoms prenoms nom nomdefamille nomcomplet nomfamille nomclient vorname vornamen nachname familienname zuname vollername
		vollständigername geburtsname kundenname karteninhaber kontoinhaber nomecompleto sobrenome primeironome nomecliente titulardatarjeta titular nomedotitular titularcartao titulartarjeta nome cognome nomecognome titolare intestatario voornaam achternaam volledigenaam
		naamkaarthouder förnamn fornamn efternamn fornavn etternavn efternavn etunimi sukunimi imię imie nazwisko imieinazwisko soyad soyadi soyadı isim adsoyad jméno prijmeni příjmení keresztnév vezetéknév namalengkap namadepan namabelakang hoten hovaten
		имя фамилия отчество фио 姓名 名字 真实姓名 氏名 名前 お名前 姓 名 이름 성명`)
	t.add(kindMeaning, NameAddress, `address addresses streetaddress street streets streetname streetline streetnumber street1 street2 streetline1 streetline2 housenumber houseno address1 address2 address3 addr1 addr2 addr3 addressline addresslines addressline1 addressline2
		addressline3 addressstreet homeaddress workaddress officeaddress mailingaddress postaladdress billingaddress shippingaddress deliveryaddress residentialaddress permanentaddress currentaddress legaladdress fulladdress formattedaddress
		billingstreet shippingstreet mailingstreet addresstext customeraddress useraddress patientaddress contactaddress pickupaddress dropoffaddress returnaddress billtoaddress shiptoaddress line1 line2 apartment apartmentnumber aptno aptnumber thoroughfare
		direccion dirección direcciones direccionenvio direccionpostal domicilio calle calleynumero adresse adresses adressecomplete adressepostale adresselivraison rue numerorue voie lieudit strasse straße hausnummer anschrift lieferadresse rechnungsadresse endereco
		endereço logradouro rua morada indirizzo indirizzi adres straat straatnaam huisnummer gata gatuadress adress vej vejnavn katuosoite osoite ulica ulicaidom adresa cadde sokak utca cím alamat alamatlengkap diachi адрес улица 地址 详细地址 住址 住所 주소`)
	t.add(kindMeaning, NameCity, `city cities town cityname townname hometown locality suburb municipality addresscity billingcity shippingcity mailingcity birthcity cityofbirth birthplace placeofbirth ciudad ciudades localidad municipio población poblacion ville commune
		lieunaissance lieudenaissance stadt wohnort geburtsort cidade bairro citta città comune luogodinascita plaats woonplaats stad postort poststed kaupunki paikkakunta miasto miejscowosc şehir sehir ilçe ilce mesto város kota город 城市 市区町村 도시`)
	t.add(kindMeaning, NamePostal, `zip zips zipcode zipcodes zip4 zipplus4 postal postalcode postalcodes postcode postcodes postalzip zippostal zippostalcode postzip billingzip billingzipcode billingpostalcode billingpostcode shippingzip shippingzipcode shippingpostalcode
		shippingpostcode mailingzip mailingpostalcode addresszip addresspostalcode codigopostal códigopostal codpostal cp cep codepostal plz postleitzahl cap codiceavviamentopostale postcodenl postnummer postnr postinumero kodpocztowy kodpocztowy postakodu psc psč iranyitoszam
		irányítószám kodepos 邮编 邮政编码 郵便番号 индекс 우편번호`)
	t.add(kindMeaning, NamePassword|NamePostal, `pincode`)
	t.add(kindWeak, NameUser, `user users username usernames usr uname userlogin login logins loginname loginid loginuser signin userprincipalname upn samaccountname accountname screenname userhandle dbuser dbusername smtpuser ftpuser sshuser xuser xremoteuser remoteuser xauthuser
		remoteusername xforwardeduser xauthrequestuser usuario usuarios nombreusuario nombredeusuario utilisateur nomutilisateur nomdutilisateur identifiant benutzer benutzername nutzername anmeldename usuário nomeusuario nomedeusuario utente nomeutente gebruiker gebruikersnaam användare
		anvandarnamn brukernavn brugernavn käyttäjä kayttajatunnus uzytkownik użytkownik kullanici kullanıcı kullaniciadi логин пользователь 用户 用户名 账户 ユーザー ユーザー名`)
}
