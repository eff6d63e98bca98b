"""Makes Python's HTTP servers send head and body of an answer at once; an interpreter with this folder on its path imports it.

The emulated AWS is such a server. It sends the head by itself, and does so while the AWS SDK for Go may still be in the system
call that sent the request. The SDK then closes what it sends from, its connection breaks before the body is there, and it asks
again: four of 4,000 times, measured by what passed the loopback interface. What made something is thus refused the second time,
since it exists. With the body in the same segment nothing was lost of 12,000.
"""

import socketserver

socketserver.StreamRequestHandler.wbufsize = 1 << 16
