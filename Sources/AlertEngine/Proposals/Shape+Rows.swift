extension Shape {
  /// The kind, the keys, what is bad, options, and the summary; a line by itself says why.
  static let rows = #"""
    the metrics of this project
    number | request_metrics.errors.rate   | > 0.05  | for:10 unit:ratio sure | Too many requests end in an error
    number | request_metrics.fallback.rate | > 0.2   | for:10 unit:ratio sure | Too many answers come from the fallback provider
    number | request_metrics.refusal.rate  | > 0.35  | for:15 unit:ratio sure | Too many requests are refused
    number | latency_ms.p95                | > 8000  | for:10 unit:ms         | The slowest 5 % of requests take too long
    number | =freshness_seconds            | > 86400 | for:30 unit:s warn sure | {}: the data is out of date
    increase | =failure =failures            | > 20    | for:10 where:@.{success}>=0 warn | {}: too many in a short time
    a condition of Kubernetes
    condition Ready          | conditions.=status | != True | sure leaves | A node or a pod is not ready
    condition MemoryPressure | conditions.=status | = True  | sure leaves | A node is short of memory
    condition DiskPressure   | conditions.=status | = True  | sure leaves | A node is short of disk
    a flag that should be off, or on
    flag | alarm =sealed =overloaded =corrupted =read_only | true | json sure most:4 | {}: true
    flag | =healthy =health =ok =ready =running =alive =connected =up | false | for:2 json sure group:health | {}: false
    flag | =initialized =online | false | for:2 json | {}: false
    flag | =standby =maintenance =degraded | true | for:2 json warn | {}: true
    a minimum number
    list | =voter  | < now | for:2 where:@.{healthy}==true&&@.{voter}==true | A voter is missing or unhealthy
    list | =state  | < 1 | for:1 where:@.{state}==1&&@.{health}==1 | There is no primary
    list | =status | < 1 | where:@.{status}=='idle' group:health | No worker is idle
    number | =number_of_nodes =cluster_size =node_count | < now | | A node is missing
    a status given as a word
    text | @ | green;yellow?;red | for:2 sure group:health | {} is not good
    text | @ | health_ok;health_warn?;health_err | for:2 sure group:health | {} is not good
    text | @ | none;minor;major critical | for:2 sure leaves group:health | {} is serious
    text | @ | operational;under_maintenance;degraded_performance partial_outage major_outage | for:2 sure group:health | {} is not operational
    text | @ | up;unknown?;down out_of_service | for:2 sure group:health | {} is not up
    text | @ | passing;;warning critical | for:2 sure leaves group:health | {} is not passing
    text | @ | running?;paused? idle? starting? active? waiting?;failed unassigned stopped crashed down dead exited error | for:2 sure group:health | {} is not running
    text | @ | success?;succeeded? completed? running? pending? queued? in_progress? skipped? neutral?;failed failure error cancelled timed_out aborted | sure group:health | {} is not a success
    text | @ | ok?;healthy? good? normal? pass? online? alive? active? ready? connected? up? unknown? offline? left?;unhealthy degraded fail failed error err critical warning warn bad down disconnected not_ready | for:2 sure group:health | {} is not good
    a queue and its consumers
    number | messages_ready | > 1000 | for:10 where:@.{durable}==true leaves | {}: the queue is not draining
    number | =consumers | < 1 | where:@.{durable}==true&&@.{messages}>=0 sure leaves | A queue has no consumers
    number | messages_ready =enqueued =queue_depth =queue_length =queue_size consumergroup_lag pending_jobs | > 1000 | for:10 most:2 | {}: the queue is not draining
    number | =listen_queue | > 10 | for:2 | Requests wait for a process
    a counter of failures
    number | =unassigned_shards =unavailable_replicas =unreachable =deadlocked | > 0 | sure most:2 | {}: more than 0
    what is open
    list | incidents alerts outages | > 0 | for:0 sure leaves | {}: at least one
    a counter of failures
    increase | =slow_consumers ~panics ~deadlocks ~oom_kills =max_children_reached rejected_connections =exceptions | > 0 | for:0 most:2 | {}: increased
    the share of errors
    ratio | =5xx | > 0.05 | unit:ratio pairs:5xx>^request_counter/^requests/^total | Too many requests fail
    codes | status_codes | > 0.05 | unit:ratio | Too many requests fail
    part code status status_code http_status response_code | requests_total responses_total | > 0.05 | unit:ratio most:2 group:code | Too many requests fail
    part rcode | responses_total | > 0.05 | unit:ratio bad:SERVFAIL | Too many answers are SERVFAIL
    part code status status_code | requests_seconds_count request_duration_seconds_count | > 0.05 | unit:ratio most:1 group:code | Too many requests fail
    ratio | ~errors ~failed ~failures | > 0.05 | unit:ratio most:2 pairs:errors>requests/total/responses/commands,failed>processed,failures>attempts/requests/total | {}: too many failures
    ratio | =throttled_periods | > 0.25 | for:10 unit:ratio warn pairs:throttled> | The CPU limit throttles the container
    a latency
    quantile | duration_seconds_bucket latency_seconds_bucket requests_seconds_bucket | > 1 | for:10 unit:s most:1 | The slowest 5 % of requests take too long
    ratio | index_time_in_millis query_time_in_millis | > 50 | for:10 unit:ms warn most:1 pairs:time_in_millis>total | {}: operations are slow
    amount duration | last_contact | > 0.2 | unit:s | {}: too long ago
    number | eventloop_lag_p99_seconds | > 0.5 | unit:s | The event loop is blocked
    number | replication_lag replication_lag_seconds =lag_seconds default_latency | > 60 | unit:s | {}: too far behind
    a share of a limit
    number | heap_used_percent memory_used_percent disk_used_percent | > 85 | for:10 first | {} is too high
    quotient | filesystem_avail | < 0.15 | unit:ratio where:fstype!~"tmpfs,ramfs,squashfs,overlay" by:mountpoint pairs:avail>size | A file system is almost full
    quotient | =available =avail mem_available fs.=free details.=free disk.=free =disk_free | < 0.15 | unit:ratio most:2 pairs:available/avail/free>total/capacity/size | {}: almost nothing left
    quotient | ~used ~usage ~active ~busy ~in_use ~open ~allocated ~current ~entries ~connections ~clients | > 0.9 | unit:ratio most:4 pairs:used/usage>limit/max/total/capacity/size/quota,active/busy/in_use>total/max/limit,current>limit,open>max,used_raw>,allocated>maximum,entries>entries_limit,connections>max_connections,clients>max_clients,used_memory>maxmemory,connected_clients>maxclients | {}: close to the limit
    a machine
    part mode | cpu_seconds_total | > 0.9 | for:10 unit:ratio warn bad:user,system,nice,irq,softirq,steal | The machine is busy
    part mode | cpu_seconds_total | > 0.3 | for:10 unit:ratio warn bad:iowait | The machine is waiting for its disks
    flag | filesystem_readonly | true | for:0 where:fstype=~"ext4,xfs,btrfs" by:mountpoint | A file system is read-only
    flag | timex_sync_status | false | for:15 warn | The clock is not synchronized
    flag | =up =probe_success pg_up redis_up mysql_up server_up | false | for:2 sure most:2 | {} is 0
    usage without a known limit: set your own
    number | pods.containers.memory.working_set | > twice | unit:bytes warn leaves | {} is unusually high
    number | =mem working_set used_memory =heap_alloc =resident_memory | > twice | unit:bytes warn most:1 | {} is unusually high
    amount quantity | usage.=memory | > twice | unit:bytes warn leaves | {} is unusually high
    amount quantity | usage.=cpu | > twice | warn leaves | {} is unusually high
    amount bytes | =store_size | > 50000000000 | unit:bytes warn leaves | An index is due for a rollover
    a time that should be recent, or far in the future
    age_seconds | ~heartbeat last_seen last_ping | > 60 | for:2 | {}: too long ago
    age_seconds | =updated_on | > 600 | for:0 where:@.{replication_id} by:replication_id leaves | A replication task makes no progress
    age_seconds | =optime_date | > 120 | where:@.{state}==2 | A secondary is lagging
    age_seconds | last_updated last_success_at last_sync synced_at refreshed_at | > 3600 | most:2 | {}: too long ago
    age_seconds | last_run finished_at completed_at last_backup last_success last_completion last_success_timestamp_seconds | > 93600 | for:0 most:2 | {}: too long ago
    age_seconds | not_after valid_until expires_at not_after_timestamp_seconds expiry_timestamp_seconds | < 604800 | for:0 scale:-1 | {}: expires soon
    """#
}
