"""What SIPp plays: customers who call and wait, the phones of all agents on one port, and how those register.

A customer's number carries how long the agent will talk: `9`, five digits of milliseconds, then the call's own digits.
Each side logs one line per event, `<letter> <SIPp's time stamp> <agent or -> <customer>`: `I` the customer's INVITE
goes out, `R` it rings at an agent's phone, `B` the agent hangs up, `E` the customer's call has ended in order.
"""

from typing import Final

_SDP: Final = """\
      v=0
      o=sipp 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0
      a=rtpmap:0 PCMU/8000
"""

CUSTOMER: Final = (
    """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="customer">
  <nop><action><log message="I [timestamp] - 9[field0 file=CALLS]"/></action></nop>
  <send retrans="500"><![CDATA[
      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:9[field0 file=CALLS]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:customer@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

"""
    + _SDP
    + """  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200"/>
  <send><![CDATA[
      ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:9[field0 file=CALLS]@[local_ip]:[local_port]>;tag=[pid]c[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
  <nop><action><log message="E [timestamp] - 9[field0 file=CALLS]"/></action></nop>
</scenario>
"""
)

_ANSWER: Final = """  <send{attributes}><![CDATA[
      SIP/2.0 {status}
      [last_Via:]
      [last_From:]
      [last_To:];tag=[pid]p[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <sip:[local_ip]:[local_port]>
"""
_NO_BODY: Final = """\
      Content-Length: 0

  ]]></send>
"""

PHONES: Final = (
    """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="phones">
  <recv request="OPTIONS" optional="true" next="alive"/>
  <recv request="INVITE" rrs="true"><action>
    <ereg regexp="sip:(9([0-9]{5})[0-9]+)@" search_in="hdr" header="From:" assign_to="whole,customer,milliseconds"/>
    <ereg regexp="INVITE sip:(agent-a[0-9]+)@" search_in="msg" assign_to="line,agent"/>
    <ereg regexp=".*" search_in="hdr" header="From:" assign_to="them"/>
    <ereg regexp=".*" search_in="hdr" header="To:" assign_to="us"/>
    <todouble assign_to="talk" variable="milliseconds"/>
    <log message="R [timestamp] [$agent] [$customer]"/>
  </action></recv>
"""
    + _ANSWER.format(status="180 Ringing", attributes="")
    + _NO_BODY
    + _ANSWER.format(status="200 OK", attributes=' retrans="500"')
    + """\
      Content-Type: application/sdp
      Content-Length: [len]

"""
    + _SDP
    + """  ]]></send>
  <recv request="ACK"/>
  <pause variable="talk"/>
  <nop><action><log message="B [timestamp] [$agent] [$customer]"/></action></nop>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From:[$us];tag=[pid]p[call_number]
      To:[$them]
      Call-ID: [call_id]
      CSeq: 2 BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200" next="over"/>
  <label id="alive"/>
"""
    + _ANSWER.format(status="200 OK", attributes="")
    + _NO_BODY
    + """  <label id="over"/>
  <Reference variables="whole,line"/>
</scenario>
"""
)

REGISTRATION: Final = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="registration">
  <send retrans="500"><![CDATA[
      REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[remote_ip]>;tag=[pid]r[call_number]
      To: <sip:[field0]@[remote_ip]>
      Call-ID: [call_id]
      CSeq: 1 REGISTER
      Contact: <sip:[field0]@[local_ip]:[local_port]>
      Expires: 3600
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="401" auth="true"/>
  <send retrans="500"><![CDATA[
      REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[remote_ip]>;tag=[pid]r[call_number]
      To: <sip:[field0]@[remote_ip]>
      Call-ID: [call_id]
      CSeq: 2 REGISTER
      Contact: <sip:[field0]@[local_ip]:[local_port]>
      [field1]
      Expires: 3600
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
</scenario>
"""

ALIVE: Final = (
    """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="alive">
  <recv request="OPTIONS"/>
"""
    + _ANSWER.format(status="200 OK", attributes="")
    + _NO_BODY
    + "</scenario>\n"
)
"""What a phone says to a question of its registrar while the others still register."""
