"""Invented sanctions lists, in the form of each publisher. Nobody of these names is listed."""

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="{day}T00:00:09.554Z">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <FIRST_NAME>QASWAR</FIRST_NAME><SECOND_NAME>TALHOUNI</SECOND_NAME>
      <THIRD_NAME>BARZANJI</THIRD_NAME>
      <REFERENCE_NUMBER>QDi.901</REFERENCE_NUMBER>
      <NAME_ORIGINAL_SCRIPT>قسور تلحوني برزنجي</NAME_ORIGINAL_SCRIPT>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY>
        <ALIAS_NAME>Kaswar Talhuni; Qasoor Talhooni</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Zubair</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES>
    <ENTITY>
      <FIRST_NAME>Drenova Export Trust (formerly of Shkoder)</FIRST_NAME>
      <REFERENCE_NUMBER>QDe.902</REFERENCE_NUMBER>
      <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Drenova Eksport</ALIAS_NAME>
      </ENTITY_ALIAS>
    </ENTITY>{more}
  </ENTITIES>
</CONSOLIDATED_LIST>"""
ANOTHER_ENTITY = """
    <ENTITY><FIRST_NAME>Al-Noor Ovens</FIRST_NAME>
      <REFERENCE_NUMBER>QDe.903</REFERENCE_NUMBER></ENTITY>"""

EU = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export"
    generationDate="2026-02-20T14:39:54.511+01:00" globalFileId="990001">
  <sanctionEntity euReferenceNumber="EU.900.1" logicalId="1">
    <subjectType code="person" classificationCode="P"/>
    <nameAlias firstName="Jaromil" middleName="" lastName="Krvavec"
        wholeName="Jaromil Krvavec" strong="true"/>
    <nameAlias firstName="Jaro" lastName="Krvavec" wholeName="" strong="false"/>
  </sanctionEntity>
</export>"""

OFAC = """<?xml version="1.0" encoding="UTF-8"?>
<sdnList xmlns="http://tempuri.org/sdnList.xsd">
  <publshInformation><Publish_Date>02/13/2026</Publish_Date></publshInformation>
  <sdnEntry><uid>90001</uid><firstName>Tien Dung</firstName><lastName>PHAMVO</lastName>
    <sdnType>Individual</sdnType>
    <akaList><aka><uid>1</uid><type>a.k.a.</type><category>weak</category>
      <lastName>THE CARPENTER</lastName></aka></akaList></sdnEntry>
  <sdnEntry><uid>90002</uid><lastName>SEA LARK</lastName><sdnType>Vessel</sdnType></sdnEntry>
</sdnList>"""


def un(day: str = "2026-02-27", more: str = "") -> bytes:
    return UN.format(day=day, more=more).encode()


def entities(number: int) -> str:
    """So many more, each under one name: as long as a publisher's list is."""
    return "".join(
        f"\n    <ENTITY><FIRST_NAME>Invented Trust {each}</FIRST_NAME>"
        f"\n      <REFERENCE_NUMBER>QDe.{1000 + each}</REFERENCE_NUMBER></ENTITY>"
        for each in range(number)
    )
