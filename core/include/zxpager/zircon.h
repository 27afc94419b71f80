/*
 * zircon.h - base types and constants of the modelled kernel
 * interface, under the kernel's own names and with its values.
 *
 * Authority: chapter 1 (objects, handles and ABI) of the specification; each group names its section. Everything here
 * is a type or a compile-time constant: there is nothing to link, to own or to free. Offsets, lengths and sizes are in
 * bytes, times in nanoseconds. Every object-like ZX_ macro here also has a line in core/constants.def, by which
 * programs find it by name (<zxpager/names.h>).
 *
 * Use in C11 or later and in C++.
 */
#ifndef ZXPAGER_ZIRCON_H
#define ZXPAGER_ZIRCON_H

#include <stdint.h>

/* Base types (chapter 1 section 1). User addresses are 64 bits wide on every host. */
typedef int32_t zx_status_t; /* 0 or negative */
typedef uint32_t zx_handle_t;
typedef uint32_t zx_rights_t;  /* set of ZX_RIGHT_* */
typedef uint32_t zx_signals_t; /* set of signals */
typedef uint64_t zx_koid_t;
typedef uint32_t zx_obj_type_t;          /* ZX_OBJ_TYPE_* */
typedef uint32_t zx_packet_type_t;       /* ZX_PKT_TYPE_* */
typedef uint32_t zx_vm_option_t;         /* set of ZX_VM_* */
typedef uint32_t zx_object_info_topic_t; /* ZX_INFO_* */
typedef uint32_t zx_excp_type_t;         /* ZX_EXCP_* */
typedef uint32_t zx_thread_state_t;      /* ZX_THREAD_STATE_* */
typedef uint32_t zx_clock_t;             /* ZX_CLOCK_* */

/* One item of zx_object_wait_many: chapter 1 section 7.1. */
typedef struct zx_wait_item {
    zx_handle_t handle;
    zx_signals_t waitfor;
    zx_signals_t pending;
} zx_wait_item_t;
typedef uint64_t zx_vaddr_t;       /* user virtual address */
typedef uint64_t zx_paddr_t;       /* physical address */
typedef uint64_t zx_off_t;         /* bytes */
typedef int64_t zx_time_t;         /* nanoseconds */
typedef int64_t zx_instant_mono_t; /* nanoseconds, monotonic clock */
typedef int64_t zx_instant_boot_t; /* nanoseconds, boot clock */
typedef int64_t zx_duration_t;     /* nanoseconds */

/* Status codes (chapter 1 section 2, complete). -5 is retired; no other value is defined. -60..-62 are never
 * returned by a syscall; -6 and -502 never reach user code. */
#define ZX_OK                         ((zx_status_t)0)
#define ZX_ERR_INTERNAL               ((zx_status_t)-1)
#define ZX_ERR_NOT_SUPPORTED          ((zx_status_t)-2)
#define ZX_ERR_NO_RESOURCES           ((zx_status_t)-3)
#define ZX_ERR_NO_MEMORY              ((zx_status_t)-4)
#define ZX_ERR_INTERNAL_INTR_RETRY    ((zx_status_t)-6)
#define ZX_ERR_INVALID_ARGS           ((zx_status_t)-10)
#define ZX_ERR_BAD_HANDLE             ((zx_status_t)-11)
#define ZX_ERR_WRONG_TYPE             ((zx_status_t)-12)
#define ZX_ERR_BAD_SYSCALL            ((zx_status_t)-13)
#define ZX_ERR_OUT_OF_RANGE           ((zx_status_t)-14)
#define ZX_ERR_BUFFER_TOO_SMALL       ((zx_status_t)-15)
#define ZX_ERR_BAD_STATE              ((zx_status_t)-20)
#define ZX_ERR_TIMED_OUT              ((zx_status_t)-21)
#define ZX_ERR_SHOULD_WAIT            ((zx_status_t)-22)
#define ZX_ERR_CANCELED               ((zx_status_t)-23)
#define ZX_ERR_PEER_CLOSED            ((zx_status_t)-24)
#define ZX_ERR_NOT_FOUND              ((zx_status_t)-25)
#define ZX_ERR_ALREADY_EXISTS         ((zx_status_t)-26)
#define ZX_ERR_ALREADY_BOUND          ((zx_status_t)-27)
#define ZX_ERR_UNAVAILABLE            ((zx_status_t)-28)
#define ZX_ERR_ACCESS_DENIED          ((zx_status_t)-30)
#define ZX_ERR_IO                     ((zx_status_t)-40)
#define ZX_ERR_IO_REFUSED             ((zx_status_t)-41)
#define ZX_ERR_IO_DATA_INTEGRITY      ((zx_status_t)-42)
#define ZX_ERR_IO_DATA_LOSS           ((zx_status_t)-43)
#define ZX_ERR_IO_NOT_PRESENT         ((zx_status_t)-44)
#define ZX_ERR_IO_OVERRUN             ((zx_status_t)-45)
#define ZX_ERR_IO_MISSED_DEADLINE     ((zx_status_t)-46)
#define ZX_ERR_IO_INVALID             ((zx_status_t)-47)
#define ZX_ERR_BAD_PATH               ((zx_status_t)-50)
#define ZX_ERR_NOT_DIR                ((zx_status_t)-51)
#define ZX_ERR_NOT_FILE               ((zx_status_t)-52)
#define ZX_ERR_FILE_BIG               ((zx_status_t)-53)
#define ZX_ERR_NO_SPACE               ((zx_status_t)-54)
#define ZX_ERR_NOT_EMPTY              ((zx_status_t)-55)
#define ZX_ERR_STOP                   ((zx_status_t)-60)
#define ZX_ERR_NEXT                   ((zx_status_t)-61)
#define ZX_ERR_ASYNC                  ((zx_status_t)-62)
#define ZX_ERR_PROTOCOL_NOT_SUPPORTED ((zx_status_t)-70)
#define ZX_ERR_ADDRESS_UNREACHABLE    ((zx_status_t)-71)
#define ZX_ERR_ADDRESS_IN_USE         ((zx_status_t)-72)
#define ZX_ERR_NOT_CONNECTED          ((zx_status_t)-73)
#define ZX_ERR_CONNECTION_REFUSED     ((zx_status_t)-74)
#define ZX_ERR_CONNECTION_RESET       ((zx_status_t)-75)
#define ZX_ERR_CONNECTION_ABORTED     ((zx_status_t)-76)
#define ZX_ERR_INTERNAL_INTR_KILLED   ((zx_status_t)-502)

/* Time (chapter 1 section 1): nanoseconds; deadlines are absolute on the monotonic clock. */
#define ZX_TIME_INFINITE      ((zx_time_t)INT64_MAX)
#define ZX_TIME_INFINITE_PAST ((zx_time_t)INT64_MIN)

/* Clocks (chapter 1 section 1). */
#define ZX_CLOCK_MONOTONIC ((zx_clock_t)0u)
#define ZX_CLOCK_BOOT      ((zx_clock_t)1u)

/* Object types (chapter 1 section 3.1). Every kind of VMO
 * (pager-backed, child, slice, reference) is ZX_OBJ_TYPE_VMO. */
#define ZX_OBJ_TYPE_NONE              ((zx_obj_type_t)0u)
#define ZX_OBJ_TYPE_PROCESS           ((zx_obj_type_t)1u)
#define ZX_OBJ_TYPE_THREAD            ((zx_obj_type_t)2u)
#define ZX_OBJ_TYPE_VMO               ((zx_obj_type_t)3u)
#define ZX_OBJ_TYPE_CHANNEL           ((zx_obj_type_t)4u)
#define ZX_OBJ_TYPE_EVENT             ((zx_obj_type_t)5u)
#define ZX_OBJ_TYPE_PORT              ((zx_obj_type_t)6u)
#define ZX_OBJ_TYPE_INTERRUPT         ((zx_obj_type_t)9u)
#define ZX_OBJ_TYPE_PCI_DEVICE        ((zx_obj_type_t)11u)
#define ZX_OBJ_TYPE_DEBUGLOG          ((zx_obj_type_t)12u)
#define ZX_OBJ_TYPE_LOG               ((zx_obj_type_t)12u)
#define ZX_OBJ_TYPE_SOCKET            ((zx_obj_type_t)14u)
#define ZX_OBJ_TYPE_RESOURCE          ((zx_obj_type_t)15u)
#define ZX_OBJ_TYPE_EVENTPAIR         ((zx_obj_type_t)16u)
#define ZX_OBJ_TYPE_JOB               ((zx_obj_type_t)17u)
#define ZX_OBJ_TYPE_VMAR              ((zx_obj_type_t)18u)
#define ZX_OBJ_TYPE_FIFO              ((zx_obj_type_t)19u)
#define ZX_OBJ_TYPE_GUEST             ((zx_obj_type_t)20u)
#define ZX_OBJ_TYPE_VCPU              ((zx_obj_type_t)21u)
#define ZX_OBJ_TYPE_TIMER             ((zx_obj_type_t)22u)
#define ZX_OBJ_TYPE_IOMMU             ((zx_obj_type_t)23u)
#define ZX_OBJ_TYPE_BTI               ((zx_obj_type_t)24u)
#define ZX_OBJ_TYPE_PROFILE           ((zx_obj_type_t)25u)
#define ZX_OBJ_TYPE_PMT               ((zx_obj_type_t)26u)
#define ZX_OBJ_TYPE_SUSPEND_TOKEN     ((zx_obj_type_t)27u)
#define ZX_OBJ_TYPE_PAGER             ((zx_obj_type_t)28u)
#define ZX_OBJ_TYPE_EXCEPTION         ((zx_obj_type_t)29u)
#define ZX_OBJ_TYPE_CLOCK             ((zx_obj_type_t)30u)
#define ZX_OBJ_TYPE_STREAM            ((zx_obj_type_t)31u)
#define ZX_OBJ_TYPE_MSI               ((zx_obj_type_t)32u)
#define ZX_OBJ_TYPE_IOB               ((zx_obj_type_t)33u)
#define ZX_OBJ_TYPE_COUNTER           ((zx_obj_type_t)34u)
#define ZX_OBJ_TYPE_IOB_SHARED_REGION ((zx_obj_type_t)35u)
#define ZX_OBJ_TYPE_UPPER_BOUND       ((zx_obj_type_t)64u)

/* Koids (chapter 1 section 3.2): values below ZX_KOID_FIRST are reserved. */
#define ZX_KOID_INVALID ((zx_koid_t)UINT64_C(0))
#define ZX_KOID_KERNEL  ((zx_koid_t)UINT64_C(1))
#define ZX_KOID_FIRST   ((zx_koid_t)UINT64_C(1024))

/* Handle values (chapter 1 section 4.1): in a valid value both bits of the mask are 1. */
#define ZX_HANDLE_INVALID         ((zx_handle_t)0u)
#define ZX_HANDLE_FIXED_BITS_MASK ((zx_handle_t)0x3u)

/* Rights (chapter 1 section 5.1). ZX_RIGHT_SAME_RIGHTS counts only as the exact value (section 4.5). */
#define ZX_RIGHT_NONE           ((zx_rights_t)0u)
#define ZX_RIGHT_DUPLICATE      ((zx_rights_t)0x1u)
#define ZX_RIGHT_TRANSFER       ((zx_rights_t)0x2u)
#define ZX_RIGHT_READ           ((zx_rights_t)0x4u)
#define ZX_RIGHT_WRITE          ((zx_rights_t)0x8u)
#define ZX_RIGHT_EXECUTE        ((zx_rights_t)0x10u)
#define ZX_RIGHT_MAP            ((zx_rights_t)0x20u)
#define ZX_RIGHT_GET_PROPERTY   ((zx_rights_t)0x40u)
#define ZX_RIGHT_SET_PROPERTY   ((zx_rights_t)0x80u)
#define ZX_RIGHT_ENUMERATE      ((zx_rights_t)0x100u)
#define ZX_RIGHT_DESTROY        ((zx_rights_t)0x200u)
#define ZX_RIGHT_SET_POLICY     ((zx_rights_t)0x400u)
#define ZX_RIGHT_GET_POLICY     ((zx_rights_t)0x800u)
#define ZX_RIGHT_SIGNAL         ((zx_rights_t)0x1000u)
#define ZX_RIGHT_SIGNAL_PEER    ((zx_rights_t)0x2000u)
#define ZX_RIGHT_WAIT           ((zx_rights_t)0x4000u)
#define ZX_RIGHT_INSPECT        ((zx_rights_t)0x8000u)
#define ZX_RIGHT_MANAGE_JOB     ((zx_rights_t)0x10000u)
#define ZX_RIGHT_MANAGE_PROCESS ((zx_rights_t)0x20000u)
#define ZX_RIGHT_MANAGE_THREAD  ((zx_rights_t)0x40000u)
#define ZX_RIGHT_APPLY_PROFILE  ((zx_rights_t)0x80000u)
#define ZX_RIGHT_MANAGE_SOCKET  ((zx_rights_t)0x100000u)
#define ZX_RIGHT_OP_CHILDREN    ((zx_rights_t)0x200000u)
#define ZX_RIGHT_RESIZE         ((zx_rights_t)0x400000u)
#define ZX_RIGHT_ATTACH_VMO     ((zx_rights_t)0x800000u)
#define ZX_RIGHT_MANAGE_VMO     ((zx_rights_t)0x1000000u)
#define ZX_RIGHT_SAME_RIGHTS    ((zx_rights_t)0x80000000u)

/* Groups of rights (chapter 1 section 5.1). */
#define ZX_RIGHTS_BASIC    (ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER | ZX_RIGHT_WAIT | ZX_RIGHT_INSPECT)
#define ZX_RIGHTS_IO       (ZX_RIGHT_READ | ZX_RIGHT_WRITE)
#define ZX_RIGHTS_PROPERTY (ZX_RIGHT_GET_PROPERTY | ZX_RIGHT_SET_PROPERTY)
#define ZX_RIGHTS_POLICY   (ZX_RIGHT_GET_POLICY | ZX_RIGHT_SET_POLICY)

/* Signals (chapter 1 section 6). ZX_SIGNAL_HANDLE_CLOSED stands only in the observed mask of a cancelled wait. */
#define ZX_SIGNAL_NONE          ((zx_signals_t)0u)
#define ZX_VMO_ZERO_CHILDREN    ((zx_signals_t)0x8u)
#define ZX_EVENT_SIGNALED       ((zx_signals_t)0x8u)
#define ZX_THREAD_TERMINATED    ((zx_signals_t)0x8u)
#define ZX_THREAD_RUNNING       ((zx_signals_t)0x10u)
#define ZX_THREAD_SUSPENDED     ((zx_signals_t)0x20u)
#define ZX_SIGNAL_HANDLE_CLOSED ((zx_signals_t)0x800000u)
#define ZX_USER_SIGNAL_0        ((zx_signals_t)0x01000000u)
#define ZX_USER_SIGNAL_1        ((zx_signals_t)0x02000000u)
#define ZX_USER_SIGNAL_2        ((zx_signals_t)0x04000000u)
#define ZX_USER_SIGNAL_3        ((zx_signals_t)0x08000000u)
#define ZX_USER_SIGNAL_4        ((zx_signals_t)0x10000000u)
#define ZX_USER_SIGNAL_5        ((zx_signals_t)0x20000000u)
#define ZX_USER_SIGNAL_6        ((zx_signals_t)0x40000000u)
#define ZX_USER_SIGNAL_7        ((zx_signals_t)0x80000000u)
#define ZX_USER_SIGNAL_ALL      ((zx_signals_t)0xFF000000u)

/* Waiting (chapter 1 section 7.1): most items of one zx_object_wait_many. */
#define ZX_WAIT_MANY_MAX_ITEMS ((uint32_t)64u)

/* Options of zx_object_wait_async (chapter 1 section 7.3). */
#define ZX_WAIT_ASYNC_ONCE           ((uint32_t)0u)
#define ZX_WAIT_ASYNC_TIMESTAMP      ((uint32_t)0x1u)
#define ZX_WAIT_ASYNC_EDGE           ((uint32_t)0x2u)
#define ZX_WAIT_ASYNC_BOOT_TIMESTAMP ((uint32_t)0x4u)

/* Option of zx_port_create (chapter 1 section 8.1). */
#define ZX_PORT_BIND_TO_INTERRUPT ((uint32_t)0x1u)

/* Packet types (chapter 1 section 8.2). 0x02 and 0x08 are unused. */
#define ZX_PKT_TYPE_USER                                     ((zx_packet_type_t)0x00u)
#define ZX_PKT_TYPE_SIGNAL_ONE                               ((zx_packet_type_t)0x01u)
#define ZX_PKT_TYPE_GUEST_BELL                               ((zx_packet_type_t)0x03u)
#define ZX_PKT_TYPE_GUEST_MEM                                ((zx_packet_type_t)0x04u)
#define ZX_PKT_TYPE_GUEST_IO                                 ((zx_packet_type_t)0x05u)
#define ZX_PKT_TYPE_GUEST_VCPU                               ((zx_packet_type_t)0x06u)
#define ZX_PKT_TYPE_INTERRUPT                                ((zx_packet_type_t)0x07u)
#define ZX_PKT_TYPE_PAGE_REQUEST                             ((zx_packet_type_t)0x09u)
#define ZX_PKT_TYPE_PROCESSOR_POWER_LEVEL_TRANSITION_REQUEST ((zx_packet_type_t)0x0Au)

/* Commands of a page request packet (chapter 1 sections 8.2 and 12.1). */
#define ZX_PAGER_VMO_READ     ((uint16_t)0u)
#define ZX_PAGER_VMO_COMPLETE ((uint16_t)1u)
#define ZX_PAGER_VMO_DIRTY    ((uint16_t)2u)

/* Topics of zx_object_get_info (chapter 1 section 9.1): number | version << 28. Only the topics that the specification
 * names; ZX_INFO_KMEM_STATS is named by chapter 8 section 1.10. */
#define ZX_INFO_NONE                       ((zx_object_info_topic_t)0u)
#define ZX_INFO_HANDLE_VALID               ((zx_object_info_topic_t)1u)
#define ZX_INFO_HANDLE_BASIC               ((zx_object_info_topic_t)2u)
#define ZX_INFO_PROCESS                    ((zx_object_info_topic_t)0x10000003u)
#define ZX_INFO_VMAR                       ((zx_object_info_topic_t)7u)
#define ZX_INFO_THREAD_EXCEPTION_REPORT_V1 ((zx_object_info_topic_t)0x0000000Bu)
#define ZX_INFO_THREAD_EXCEPTION_REPORT    ((zx_object_info_topic_t)0x1000000Bu)
#define ZX_INFO_PROCESS_MAPS_V1            ((zx_object_info_topic_t)0x0000000Du)
#define ZX_INFO_PROCESS_MAPS_V2            ((zx_object_info_topic_t)0x1000000Du)
#define ZX_INFO_PROCESS_MAPS               ((zx_object_info_topic_t)0x2000000Du)
#define ZX_INFO_PROCESS_VMOS_V1            ((zx_object_info_topic_t)0x0000000Eu)
#define ZX_INFO_PROCESS_VMOS_V2            ((zx_object_info_topic_t)0x1000000Eu)
#define ZX_INFO_PROCESS_VMOS_V3            ((zx_object_info_topic_t)0x2000000Eu)
#define ZX_INFO_PROCESS_VMOS               ((zx_object_info_topic_t)0x3000000Eu)
#define ZX_INFO_KMEM_STATS_V1              ((zx_object_info_topic_t)0x00000011u)
#define ZX_INFO_KMEM_STATS                 ((zx_object_info_topic_t)0x10000011u)
#define ZX_INFO_HANDLE_COUNT               ((zx_object_info_topic_t)19u)
#define ZX_INFO_VMO_V1                     ((zx_object_info_topic_t)0x00000017u)
#define ZX_INFO_VMO_V2                     ((zx_object_info_topic_t)0x10000017u)
#define ZX_INFO_VMO_V3                     ((zx_object_info_topic_t)0x20000017u)
#define ZX_INFO_VMO                        ((zx_object_info_topic_t)0x30000017u)
#define ZX_INFO_VMAR_MAPS                  ((zx_object_info_topic_t)36u)

/* Flag bits of zx_info_vmo_t (chapter 1 section 9.4). */
#define ZX_INFO_VMO_TYPE_PHYSICAL  ((uint32_t)0u)
#define ZX_INFO_VMO_TYPE_PAGED     ((uint32_t)0x1u)
#define ZX_INFO_VMO_RESIZABLE      ((uint32_t)0x2u)
#define ZX_INFO_VMO_IS_COW_CLONE   ((uint32_t)0x4u)
#define ZX_INFO_VMO_VIA_HANDLE     ((uint32_t)0x8u)
#define ZX_INFO_VMO_VIA_MAPPING    ((uint32_t)0x10u)
#define ZX_INFO_VMO_PAGER_BACKED   ((uint32_t)0x20u)
#define ZX_INFO_VMO_CONTIGUOUS     ((uint32_t)0x40u)
#define ZX_INFO_VMO_DISCARDABLE    ((uint32_t)0x80u)
#define ZX_INFO_VMO_IMMUTABLE      ((uint32_t)0x100u)
#define ZX_INFO_VMO_VIA_IOB_HANDLE ((uint32_t)0x200u)

/* Properties (chapter 1 section 10). */
#define ZX_PROP_NAME                        ((uint32_t)3u)
#define ZX_PROP_PROCESS_DEBUG_ADDR          ((uint32_t)5u)
#define ZX_PROP_PROCESS_VDSO_BASE_ADDRESS   ((uint32_t)6u)
#define ZX_PROP_PROCESS_BREAK_ON_LOAD       ((uint32_t)7u)
#define ZX_PROP_PROCESS_HW_TRACE_CONTEXT_ID ((uint32_t)8u)
#define ZX_PROP_SOCKET_RX_THRESHOLD         ((uint32_t)12u)
#define ZX_PROP_SOCKET_TX_THRESHOLD         ((uint32_t)13u)
#define ZX_PROP_JOB_KILL_ON_OOM             ((uint32_t)15u)
#define ZX_PROP_EXCEPTION_STATE             ((uint32_t)16u)
#define ZX_PROP_VMO_CONTENT_SIZE            ((uint32_t)17u)
#define ZX_PROP_EXCEPTION_STRATEGY          ((uint32_t)18u)
#define ZX_PROP_STREAM_MODE_APPEND          ((uint32_t)19u)

/* Options of zx_vmo_create and zx_pager_create_vmo (chapter 1 section
 * 12.1). 0x1 is unassigned. RESIZABLE is 0x2 here but 0x4 for children. */
#define ZX_VMO_RESIZABLE   ((uint32_t)0x2u)
#define ZX_VMO_DISCARDABLE ((uint32_t)0x4u)
#define ZX_VMO_TRAP_DIRTY  ((uint32_t)0x8u)
#define ZX_VMO_UNBOUNDED   ((uint32_t)0x10u)

/* Options of zx_vmo_create_child (chapter 1 section 12.1). */
#define ZX_VMO_CHILD_SNAPSHOT                   ((uint32_t)0x1u)
#define ZX_VMO_CHILD_RESIZABLE                  ((uint32_t)0x4u)
#define ZX_VMO_CHILD_SLICE                      ((uint32_t)0x8u)
#define ZX_VMO_CHILD_SNAPSHOT_AT_LEAST_ON_WRITE ((uint32_t)0x10u)
#define ZX_VMO_CHILD_NO_WRITE                   ((uint32_t)0x20u)
#define ZX_VMO_CHILD_REFERENCE                  ((uint32_t)0x40u)
#define ZX_VMO_CHILD_SNAPSHOT_MODIFIED          ((uint32_t)0x80u)

/* Operations of zx_vmo_op_range (chapter 1 section 12.1). 5 is retired. */
#define ZX_VMO_OP_COMMIT                 ((uint32_t)1u)
#define ZX_VMO_OP_DECOMMIT               ((uint32_t)2u)
#define ZX_VMO_OP_LOCK                   ((uint32_t)3u)
#define ZX_VMO_OP_UNLOCK                 ((uint32_t)4u)
#define ZX_VMO_OP_CACHE_SYNC             ((uint32_t)6u)
#define ZX_VMO_OP_CACHE_INVALIDATE       ((uint32_t)7u)
#define ZX_VMO_OP_CACHE_CLEAN            ((uint32_t)8u)
#define ZX_VMO_OP_CACHE_CLEAN_INVALIDATE ((uint32_t)9u)
#define ZX_VMO_OP_ZERO                   ((uint32_t)10u)
#define ZX_VMO_OP_TRY_LOCK               ((uint32_t)11u)
#define ZX_VMO_OP_DONT_NEED              ((uint32_t)12u)
#define ZX_VMO_OP_ALWAYS_NEED            ((uint32_t)13u)
#define ZX_VMO_OP_PREFETCH               ((uint32_t)14u)

/* Operations of zx_vmar_op_range (chapter 1 section 12.1). */
#define ZX_VMAR_OP_COMMIT      ((uint32_t)1u)
#define ZX_VMAR_OP_DECOMMIT    ((uint32_t)2u)
#define ZX_VMAR_OP_MAP_RANGE   ((uint32_t)3u)
#define ZX_VMAR_OP_ZERO        ((uint32_t)10u)
#define ZX_VMAR_OP_DONT_NEED   ((uint32_t)12u)
#define ZX_VMAR_OP_ALWAYS_NEED ((uint32_t)13u)
#define ZX_VMAR_OP_PREFETCH    ((uint32_t)14u)

/* Operations of zx_pager_op_range (chapter 1 section 12.1). */
#define ZX_PAGER_OP_FAIL            ((uint32_t)1u)
#define ZX_PAGER_OP_DIRTY           ((uint32_t)2u)
#define ZX_PAGER_OP_WRITEBACK_BEGIN ((uint32_t)3u)
#define ZX_PAGER_OP_WRITEBACK_END   ((uint32_t)4u)

/* The only operation of zx_pager_vmo_op, profile 2018, in both
 * spellings (chapter 9 section 4.3; the value is the model's). */
#define ZX_PAGER_SUPPLY_PAGES    ((uint32_t)1u)
#define ZX_PAGER_OP_SUPPLY_PAGES ((uint32_t)1u)

/* Statistics of a pager VMO (chapter 1 section 12.1): result bit, and option of zx_pager_query_vmo_stats. */
#define ZX_PAGER_VMO_STATS_MODIFIED ((uint32_t)1u)
#define ZX_PAGER_RESET_VMO_STATS    ((uint32_t)1u)

/* Option of a dirty range, and data of ZX_PAGER_OP_WRITEBACK_BEGIN (chapter 1 sections 11.1 and 12.1). */
#define ZX_VMO_DIRTY_RANGE_IS_ZERO ((uint64_t)UINT64_C(1))

/* Cache policies (chapter 1 section 12.1). */
#define ZX_CACHE_POLICY_CACHED          ((uint32_t)0u)
#define ZX_CACHE_POLICY_UNCACHED        ((uint32_t)1u)
#define ZX_CACHE_POLICY_UNCACHED_DEVICE ((uint32_t)2u)
#define ZX_CACHE_POLICY_WRITE_COMBINING ((uint32_t)3u)
#define ZX_CACHE_POLICY_MASK            ((uint32_t)3u)

/* Mapping options (chapter 1 section 12.2). */
#define ZX_VM_PERM_READ                    ((zx_vm_option_t)0x1u)
#define ZX_VM_PERM_WRITE                   ((zx_vm_option_t)0x2u)
#define ZX_VM_PERM_EXECUTE                 ((zx_vm_option_t)0x4u)
#define ZX_VM_COMPACT                      ((zx_vm_option_t)0x8u)
#define ZX_VM_SPECIFIC                     ((zx_vm_option_t)0x10u)
#define ZX_VM_SPECIFIC_OVERWRITE           ((zx_vm_option_t)0x20u)
#define ZX_VM_CAN_MAP_SPECIFIC             ((zx_vm_option_t)0x40u)
#define ZX_VM_CAN_MAP_READ                 ((zx_vm_option_t)0x80u)
#define ZX_VM_CAN_MAP_WRITE                ((zx_vm_option_t)0x100u)
#define ZX_VM_CAN_MAP_EXECUTE              ((zx_vm_option_t)0x200u)
#define ZX_VM_MAP_RANGE                    ((zx_vm_option_t)0x400u)
#define ZX_VM_REQUIRE_NON_RESIZABLE        ((zx_vm_option_t)0x800u)
#define ZX_VM_ALLOW_FAULTS                 ((zx_vm_option_t)0x1000u)
#define ZX_VM_OFFSET_IS_UPPER_LIMIT        ((zx_vm_option_t)0x2000u)
#define ZX_VM_PERM_READ_IF_XOM_UNSUPPORTED ((zx_vm_option_t)0x4000u)
#define ZX_VM_FAULT_BEYOND_STREAM_SIZE     ((zx_vm_option_t)0x8000u)

/* Old spellings of the mapping options, bits 0 to 11 (chapter 1 section 12.2). */
#define ZX_VM_FLAG_PERM_READ             ZX_VM_PERM_READ
#define ZX_VM_FLAG_PERM_WRITE            ZX_VM_PERM_WRITE
#define ZX_VM_FLAG_PERM_EXECUTE          ZX_VM_PERM_EXECUTE
#define ZX_VM_FLAG_COMPACT               ZX_VM_COMPACT
#define ZX_VM_FLAG_SPECIFIC              ZX_VM_SPECIFIC
#define ZX_VM_FLAG_SPECIFIC_OVERWRITE    ZX_VM_SPECIFIC_OVERWRITE
#define ZX_VM_FLAG_CAN_MAP_SPECIFIC      ZX_VM_CAN_MAP_SPECIFIC
#define ZX_VM_FLAG_CAN_MAP_READ          ZX_VM_CAN_MAP_READ
#define ZX_VM_FLAG_CAN_MAP_WRITE         ZX_VM_CAN_MAP_WRITE
#define ZX_VM_FLAG_CAN_MAP_EXECUTE       ZX_VM_CAN_MAP_EXECUTE
#define ZX_VM_FLAG_MAP_RANGE             ZX_VM_MAP_RANGE
#define ZX_VM_FLAG_REQUIRE_NON_RESIZABLE ZX_VM_REQUIRE_NON_RESIZABLE

/* Shift of the alignment field in the mapping options (chapter 1 section 12.2). */
#define ZX_VM_ALIGN_BASE ((uint32_t)24u)

/* Alignments of a mapping: log2(bytes) << 24 (chapter 1 section 12.2). */
#define ZX_VM_ALIGN_1KB   ((zx_vm_option_t)0x0A000000u)
#define ZX_VM_ALIGN_2KB   ((zx_vm_option_t)0x0B000000u)
#define ZX_VM_ALIGN_4KB   ((zx_vm_option_t)0x0C000000u)
#define ZX_VM_ALIGN_8KB   ((zx_vm_option_t)0x0D000000u)
#define ZX_VM_ALIGN_16KB  ((zx_vm_option_t)0x0E000000u)
#define ZX_VM_ALIGN_32KB  ((zx_vm_option_t)0x0F000000u)
#define ZX_VM_ALIGN_64KB  ((zx_vm_option_t)0x10000000u)
#define ZX_VM_ALIGN_128KB ((zx_vm_option_t)0x11000000u)
#define ZX_VM_ALIGN_256KB ((zx_vm_option_t)0x12000000u)
#define ZX_VM_ALIGN_512KB ((zx_vm_option_t)0x13000000u)
#define ZX_VM_ALIGN_1MB   ((zx_vm_option_t)0x14000000u)
#define ZX_VM_ALIGN_2MB   ((zx_vm_option_t)0x15000000u)
#define ZX_VM_ALIGN_4MB   ((zx_vm_option_t)0x16000000u)
#define ZX_VM_ALIGN_8MB   ((zx_vm_option_t)0x17000000u)
#define ZX_VM_ALIGN_16MB  ((zx_vm_option_t)0x18000000u)
#define ZX_VM_ALIGN_32MB  ((zx_vm_option_t)0x19000000u)
#define ZX_VM_ALIGN_64MB  ((zx_vm_option_t)0x1A000000u)
#define ZX_VM_ALIGN_128MB ((zx_vm_option_t)0x1B000000u)
#define ZX_VM_ALIGN_256MB ((zx_vm_option_t)0x1C000000u)
#define ZX_VM_ALIGN_512MB ((zx_vm_option_t)0x1D000000u)
#define ZX_VM_ALIGN_1GB   ((zx_vm_option_t)0x1E000000u)
#define ZX_VM_ALIGN_2GB   ((zx_vm_option_t)0x1F000000u)
#define ZX_VM_ALIGN_4GB   ((zx_vm_option_t)0x20000000u)

/* Limits (chapter 1 section 12.3): log2 of the page size; size of a name, its NUL included. */
#define ZX_MIN_PAGE_SHIFT ((uint32_t)12u)
#define ZX_MAX_NAME_LEN   ((uint32_t)32u)

/* Thread states (chapter 1 section 12.4). Bits 0 to 7 are the basic state. */
#define ZX_THREAD_STATE_NEW               ((zx_thread_state_t)0x0u)
#define ZX_THREAD_STATE_RUNNING           ((zx_thread_state_t)0x1u)
#define ZX_THREAD_STATE_SUSPENDED         ((zx_thread_state_t)0x2u)
#define ZX_THREAD_STATE_BLOCKED           ((zx_thread_state_t)0x3u)
#define ZX_THREAD_STATE_DYING             ((zx_thread_state_t)0x4u)
#define ZX_THREAD_STATE_DEAD              ((zx_thread_state_t)0x5u)
#define ZX_THREAD_STATE_BLOCKED_EXCEPTION ((zx_thread_state_t)0x103u)
#define ZX_THREAD_STATE_BLOCKED_SLEEPING  ((zx_thread_state_t)0x203u)
#define ZX_THREAD_STATE_BLOCKED_FUTEX     ((zx_thread_state_t)0x303u)
#define ZX_THREAD_STATE_BLOCKED_PORT      ((zx_thread_state_t)0x403u)
#define ZX_THREAD_STATE_BLOCKED_CHANNEL   ((zx_thread_state_t)0x503u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_ONE  ((zx_thread_state_t)0x603u)
#define ZX_THREAD_STATE_BLOCKED_WAIT_MANY ((zx_thread_state_t)0x703u)
#define ZX_THREAD_STATE_BLOCKED_INTERRUPT ((zx_thread_state_t)0x803u)
#define ZX_THREAD_STATE_BLOCKED_PAGER     ((zx_thread_state_t)0x903u)

/* Exception types (chapter 1 section 13.2): ZX_EXCP_SYNTH marks those that the kernel makes up. */
#define ZX_EXCP_SYNTH                 ((zx_excp_type_t)0x8000u)
#define ZX_EXCP_GENERAL               ((zx_excp_type_t)0x8u)
#define ZX_EXCP_FATAL_PAGE_FAULT      ((zx_excp_type_t)0x108u)
#define ZX_EXCP_UNDEFINED_INSTRUCTION ((zx_excp_type_t)0x208u)
#define ZX_EXCP_SW_BREAKPOINT         ((zx_excp_type_t)0x308u)
#define ZX_EXCP_HW_BREAKPOINT         ((zx_excp_type_t)0x408u)
#define ZX_EXCP_UNALIGNED_ACCESS      ((zx_excp_type_t)0x508u)
#define ZX_EXCP_POLICY_ERROR          ((zx_excp_type_t)0x8208u)

/* Policy codes of ZX_EXCP_POLICY_ERROR (chapter 1 section 13.2). */
#define ZX_EXCP_POLICY_CODE_BAD_HANDLE            ((uint32_t)0u)
#define ZX_EXCP_POLICY_CODE_PORT_TOO_MANY_PACKETS ((uint32_t)17u)
#define ZX_EXCP_POLICY_CODE_HANDLE_LEAK           ((uint32_t)20u)

/* Values of ZX_PROP_EXCEPTION_STATE (chapter 1 section 13.3). */
#define ZX_EXCEPTION_STATE_TRY_NEXT    ((uint32_t)0u)
#define ZX_EXCEPTION_STATE_HANDLED     ((uint32_t)1u)
#define ZX_EXCEPTION_STATE_THREAD_EXIT ((uint32_t)2u)

/* Return code of a process that an unhandled exception killed (chapter 1 section 13.3). */
#define ZX_TASK_RETCODE_EXCEPTION_KILL ((int64_t)-1028)

/* Permissions and options of zx_bti_pin (chapter 1 section 14). */
#define ZX_BTI_PERM_READ    ((uint32_t)0x1u)
#define ZX_BTI_PERM_WRITE   ((uint32_t)0x2u)
#define ZX_BTI_PERM_EXECUTE ((uint32_t)0x4u)
#define ZX_BTI_COMPRESS     ((uint32_t)0x8u)
#define ZX_BTI_CONTIGUOUS   ((uint32_t)0x10u)

/* Kinds of memory event of zx_system_get_event (chapter 8 section 1.8). */
#define ZX_SYSTEM_EVENT_OUT_OF_MEMORY            ((uint32_t)1u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_CRITICAL ((uint32_t)2u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_WARNING  ((uint32_t)3u)
#define ZX_SYSTEM_EVENT_MEMORY_PRESSURE_NORMAL   ((uint32_t)4u)
#define ZX_SYSTEM_EVENT_IMMINENT_OUT_OF_MEMORY   ((uint32_t)5u)

/* Tests of a packet's type (chapter 1 section 8.2). */
#define ZX_PKT_IS_USER(type)         ((type) == ZX_PKT_TYPE_USER)
#define ZX_PKT_IS_SIGNAL_ONE(type)   ((type) == ZX_PKT_TYPE_SIGNAL_ONE)
#define ZX_PKT_IS_GUEST_BELL(type)   ((type) == ZX_PKT_TYPE_GUEST_BELL)
#define ZX_PKT_IS_GUEST_MEM(type)    ((type) == ZX_PKT_TYPE_GUEST_MEM)
#define ZX_PKT_IS_GUEST_IO(type)     ((type) == ZX_PKT_TYPE_GUEST_IO)
#define ZX_PKT_IS_GUEST_VCPU(type)   ((type) == ZX_PKT_TYPE_GUEST_VCPU)
#define ZX_PKT_IS_INTERRUPT(type)    ((type) == ZX_PKT_TYPE_INTERRUPT)
#define ZX_PKT_IS_PAGE_REQUEST(type) ((type) == ZX_PKT_TYPE_PAGE_REQUEST)

/* Parts of a value: the kind bit of the flags of zx_info_vmo_t (chapter 1
 * section 9.4), the basic thread state (section 12.4). */
#define ZX_INFO_VMO_TYPE(flags)      ((flags) & (uint32_t)1u)
#define ZX_THREAD_STATE_BASIC(state) ((state) & (zx_thread_state_t)0xFFu)

/* Limits of the modelled kernel that have no name of their own there (chapter 1 section 12.3). */
#define ZXP_PAGE_SHIFT        12
#define ZXP_PAGE_SIZE         ((uint64_t)UINT64_C(4096))               /* bytes */
#define ZXP_MAX_VMO_SIZE      ((uint64_t)UINT64_C(0xFFFFFFFFFFFE0000)) /* bytes; the size of an UNBOUNDED VMO */
#define ZXP_MAX_HANDLES       ((uint32_t)262144u)                      /* live handles; beyond: ZX_ERR_NO_MEMORY */
#define ZXP_PORT_PACKET_LIMIT ((uint32_t)4096u) /* zx_port_queue refuses when more user packets than this are queued */
#define ZXP_CLOSE_MANY_GROUP  ((uint32_t)64u)   /* handles that zx_handle_close_many takes at a time (section 4.4) */

#endif /* ZXPAGER_ZIRCON_H */
