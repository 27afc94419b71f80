/*
 * info.h - which members the information structures have, in the order of their values (chapter 1 section 9).
 */
#ifndef CORE_INFO_H
#define CORE_INFO_H

/* zx_info_vmo_t without name and padding. The older versions are its beginnings: 104, 120 and 128 bytes. */
enum { INFO_VMO_V1_FIELDS = 10, INFO_VMO_V2_FIELDS = 12, INFO_VMO_V3_FIELDS = 13, INFO_VMO_FIELDS = 19 };

#endif
