/*
 * op_handlers.h - the handler of every row of ops.def. Each is
 * defined in the file of its chapter; op_table.c lists them.
 */
#ifndef CORE_OP_HANDLERS_H
#define CORE_OP_HANDLERS_H

#include "call.h"

step op_handle_close(zxp_world *w, thread_ref t);
step op_handle_close_many(zxp_world *w, thread_ref t);
step op_handle_check_valid(zxp_world *w, thread_ref t);
step op_handle_duplicate(zxp_world *w, thread_ref t);
step op_handle_replace(zxp_world *w, thread_ref t);
step op_object_get_info(zxp_world *w, thread_ref t);
step op_object_get_property(zxp_world *w, thread_ref t);
step op_object_set_property(zxp_world *w, thread_ref t);
step op_object_signal(zxp_world *w, thread_ref t);
step op_object_wait_one(zxp_world *w, thread_ref t);
step op_object_wait_many(zxp_world *w, thread_ref t);
step op_object_wait_async(zxp_world *w, thread_ref t);
step op_event_create(zxp_world *w, thread_ref t);
step op_port_create(zxp_world *w, thread_ref t);
step op_port_wait(zxp_world *w, thread_ref t);
step op_port_queue(zxp_world *w, thread_ref t);
step op_port_cancel(zxp_world *w, thread_ref t);
step op_port_cancel_key(zxp_world *w, thread_ref t);
step op_pager_create(zxp_world *w, thread_ref t);
step op_pager_create_vmo(zxp_world *w, thread_ref t);
step op_pager_detach_vmo(zxp_world *w, thread_ref t);
step op_pager_supply_pages(zxp_world *w, thread_ref t);
step op_pager_op_range(zxp_world *w, thread_ref t);
step op_pager_query_dirty_ranges(zxp_world *w, thread_ref t);
step op_pager_query_vmo_stats(zxp_world *w, thread_ref t);
step op_pager_vmo_op(zxp_world *w, thread_ref t);
step op_vmo_create(zxp_world *w, thread_ref t);
step op_vmo_read(zxp_world *w, thread_ref t);
step op_vmo_write(zxp_world *w, thread_ref t);
step op_vmo_get_size(zxp_world *w, thread_ref t);
step op_vmo_get_stream_size(zxp_world *w, thread_ref t);
step op_vmo_set_size(zxp_world *w, thread_ref t);
step op_vmo_set_stream_size(zxp_world *w, thread_ref t);
step op_vmo_op_range(zxp_world *w, thread_ref t);
step op_vmo_create_child(zxp_world *w, thread_ref t);
step op_vmo_set_cache_policy(zxp_world *w, thread_ref t);
step op_vmo_replace_as_executable(zxp_world *w, thread_ref t);
step op_vmo_transfer_data(zxp_world *w, thread_ref t);
step op_vmar_map(zxp_world *w, thread_ref t);
step op_vmar_unmap(zxp_world *w, thread_ref t);
step op_vmar_protect(zxp_world *w, thread_ref t);
step op_vmar_op_range(zxp_world *w, thread_ref t);
step op_clock_get_monotonic(zxp_world *w, thread_ref t);
step op_load(zxp_world *w, thread_ref t);
step op_store(zxp_world *w, thread_ref t);
step op_pin(zxp_world *w, thread_ref t);
step op_unpin(zxp_world *w, thread_ref t);
step op_evict(zxp_world *w, thread_ref t);
step op_reclaim(zxp_world *w, thread_ref t);
step op_age(zxp_world *w, thread_ref t);
step op_advance(zxp_world *w, thread_ref t);
step op_suspend(zxp_world *w, thread_ref t);
step op_resume(zxp_world *w, thread_ref t);
step op_kill(zxp_world *w, thread_ref t);

#endif
