// Makes one call of a program to the C library fail, hang, or be the last thing that its process does.
//
// Loaded with LD_PRELOAD into the executable as it ships, so that nothing of it is in the tool, and new code cannot
// go around it. The program and its HTTP workers are separate processes, each with a role: `run`, `worker1`, …
//
// A point is a call that touches what the tool owns, named by role, call, object and ordinal:
// `run write state.json 1`. Only calls after the start of `main` are points.
//
//   FAULTS_ROOT   the folder of the run; files elsewhere (libraries, /etc, /proc) are not points
//   FAULTS_LOG    every point is appended to this file, one a line, its parts separated by tabs
//   FAULTS_POINT  where something happens; this point has a `!` before it in the log
//   FAULTS_MODE   what happens there, and FAULTS_ARGUMENT; see `act`
//   FAULTS_CLOCK  seconds to add to the wall clock
//   FAULTS_TIMER  a divisor for the seconds of setitimer, by which the tool ends itself
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OBJECT = 512, POINT = 1024, POINTS = 4096 };

// What happens at a point: nothing, an error in place of the call, or the call with less to read or write.
enum fate { CALL, FAIL, SHORT };

static bool is_started;
static const char *root, *role = "run", *planned, *mode, *argument;
static int log_file = -1;
static atomic_long skew;
static atomic_bool is_disk_full;
static atomic_int workers;

// How often each call and object was seen. A signal handler may be the caller, so signals wait meanwhile.
static struct { char name[POINT]; int count; } seen[POINTS];
static atomic_flag is_counting = ATOMIC_FLAG_INIT;

static int ordinal(const char *name) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  while (atomic_flag_test_and_set(&is_counting)) {}
  int index = 0, count = 0;
  while (index < POINTS - 1 && seen[index].name[0] && strcmp(seen[index].name, name)) index++;
  if (!seen[index].name[0]) snprintf(seen[index].name, POINT, "%s", name);
  count = ++seen[index].count;
  atomic_flag_clear(&is_counting);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return count;
}

// Files: the path below the root, with `*` for the random part of a name.
static bool name_path(const char *path, char *object) {
  size_t length = root ? strlen(root) : 0;
  if (!root || !path) return false;
  if (path[0] == '/') {
    if (strncmp(path, root, length) || (path[length] && path[length] != '/')) return false;
    path += length;
    while (*path == '/') path++;
  }
  snprintf(object, OBJECT, "%s", *path ? path : ".");
  char *number = strstr(object, ".ops-");
  if (number) strcpy(number, ".ops-*.tmp");
  number = strstr(object, "#");
  if (number) strcpy(number, "a nameless file");
  return true;
}

static bool name_descriptor(int descriptor, char *object) {
  char link[64], target[OBJECT];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  long count = syscall(SYS_readlink, link, target, sizeof target - 1);
  if (count <= 0) return false;
  target[count] = 0;
  if (!strncmp(target, "socket:", 7)) {
    int domain = 0;
    socklen_t size = sizeof domain;
    syscall(SYS_getsockopt, descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &size);
    strcpy(object, domain == AF_UNIX ? "socket pair" : "network");
    return true;
  }
  if (!strncmp(target, "pipe:", 5)) {
    static const char *standard[] = {"standard input", "standard output", "standard error"};
    strcpy(object, descriptor < 3 ? standard[descriptor] : "pipe");
    return true;
  }
  return target[0] == '/' && name_path(target, object);
}

static bool name_link(const char *path, char *object) {
  int descriptor;
  if (path && sscanf(path, "/proc/self/fd/%d", &descriptor) == 1) return name_descriptor(descriptor, object);
  return name_path(path, object);
}

static bool contains(const char *list, const char *word) {
  size_t length = strlen(word);
  for (const char *at = list; (at = strstr(at, word)); at += length)
    if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' ')) return true;
  return false;
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// Whether the point being called is to be the last.
static _Thread_local bool is_last;

// What happens at the planned point: `before` (the process ends), `last` (it ends after the call), `hang`, `fail CODE`, `short`
// (one byte), `full` (from now on no space is left), `jump SECONDS` (from now on the wall clock is off by these).
static enum fate act(void) {
  if (!strcmp(mode, "before")) die();
  if (!strcmp(mode, "last")) is_last = true;
  if (!strcmp(mode, "hang")) for (;;) pause();
  if (!strcmp(mode, "jump")) atomic_fetch_add(&skew, atol(argument));
  if (!strcmp(mode, "full")) atomic_store(&is_disk_full, true);
  if (!strcmp(mode, "short")) return SHORT;
  if (strcmp(mode, "fail")) return CALL;
  errno = atoi(argument);
  return FAIL;
}

static enum fate point(const char *call, const char *object) {
  char name[POINT], line[POINT + 64];
  snprintf(name, POINT, "%s\t%s\t%s", role, call, object);
  // The first character is for the log.
  snprintf(line, sizeof line, "!%s\t%d", name, ordinal(name));
  bool is_planned = planned && !strcmp(line + 1, planned);
  strcat(line, "\n");
  const char *logged = line + !is_planned;
  if (log_file >= 0) syscall(SYS_write, log_file, logged, strlen(logged));
  enum fate fate = is_planned ? act() : CALL;
  // Not mkdir: a folder that exists needs no space, and the scenarios make no other.
  if (fate == CALL && atomic_load(&is_disk_full) && contains("write pwrite link linkat create", call)) {
    if (strncmp(object, "standard", 8) && strcmp(object, "network") && strcmp(object, "socket pair")) {
      errno = ENOSPC;
      return FAIL;
    }
  }
  return fate;
}

#define REAL(name) ({                                                          \
    static __typeof__(&name) real;                                             \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);              \
    real; })
#define END(result) ({                                                         \
    __typeof__(result) outcome = (result);                                     \
    if (is_last) die();                                                        \
    outcome; })

// A call whose object has a name; `what` names it into `object`.
#define WRAP(name, type, parameters, what, failure, shortly, ...)              \
  type name parameters {                                                       \
    char object[OBJECT];                                                       \
    if (!is_started || !(what)) return REAL(name)(__VA_ARGS__);                \
    switch (point(#name, object)) {                                            \
      case FAIL: return failure;                                               \
      case SHORT: shortly; break;                                              \
      case CALL: break;                                                        \
    }                                                                          \
    return END(REAL(name)(__VA_ARGS__));                                       \
  }
#define ON_PATH(name, parameters, path, ...)                                   \
  WRAP(name, int, parameters, name_link(path, object), -1, , __VA_ARGS__)
#define ON_FILE(name, type, parameters, ...)                                   \
  WRAP(name, type, parameters, name_descriptor(file, object), -1, , __VA_ARGS__)
#define TRANSFER(name, parameters, ...)                                        \
  WRAP(name, ssize_t, parameters, name_descriptor(file, object), -1,           \
       if (size > 1) size = 1, __VA_ARGS__)

TRANSFER(read, (int file, void *bytes, size_t size), file, bytes, size)
TRANSFER(write, (int file, const void *bytes, size_t size), file, bytes, size)
TRANSFER(pread, (int file, void *bytes, size_t size, off_t at), file, bytes, size, at)
TRANSFER(pwrite, (int file, const void *bytes, size_t size, off_t at), file, bytes, size, at)
TRANSFER(send, (int file, const void *bytes, size_t size, int flags), file, bytes, size, flags)
TRANSFER(recv, (int file, void *bytes, size_t size, int flags), file, bytes, size, flags)
TRANSFER(sendto, (int file, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length),
         file, bytes, size, flags, to, length)
TRANSFER(recvfrom, (int file, void *bytes, size_t size, int flags, struct sockaddr *from, socklen_t *length),
         file, bytes, size, flags, from, length)
ON_FILE(readv, ssize_t, (int file, const struct iovec *parts, int count), file, parts, count)
ON_FILE(writev, ssize_t, (int file, const struct iovec *parts, int count), file, parts, count)
ON_FILE(sendmsg, ssize_t, (int file, const struct msghdr *message, int flags), file, message, flags)
ON_FILE(recvmsg, ssize_t, (int file, struct msghdr *message, int flags), file, message, flags)
ON_FILE(connect, int, (int file, const struct sockaddr *to, socklen_t length), file, to, length)
ON_FILE(fsync, int, (int file), file)
ON_FILE(fdatasync, int, (int file), file)
ON_FILE(ftruncate, int, (int file, off_t size), file, size)
ON_FILE(lseek, off_t, (int file, off_t to, int from), file, to, from)
ON_FILE(fstat, int, (int file, struct stat *status), file, status)
ON_FILE(fchmod, int, (int file, mode_t permissions), file, permissions)
ON_FILE(fchown, int, (int file, uid_t user, gid_t group), file, user, group)
ON_FILE(flock, int, (int file, int operation), file, operation)
ON_FILE(dup2, int, (int file, int other), file, other)

ON_PATH(stat, (const char *path, struct stat *status), path, path, status)
ON_PATH(lstat, (const char *path, struct stat *status), path, path, status)
ON_PATH(access, (const char *path, int kind), path, path, kind)
ON_PATH(mkdir, (const char *path, mode_t permissions), path, path, permissions)
ON_PATH(unlink, (const char *path), path, path)
ON_PATH(rename, (const char *from, const char *to), to, from, to)
ON_PATH(renameat, (int a, const char *from, int b, const char *to), to, a, from, b, to)
ON_PATH(link, (const char *from, const char *to), to, from, to)
ON_PATH(linkat, (int a, const char *from, int b, const char *to, int flags), to, a, from, b, to, flags)
WRAP(readlink, ssize_t, (const char *path, char *target, size_t size), name_link(path, object), -1, , path, target, size)

// A failing `close` has closed the descriptor all the same.
int close(int file) {
  char object[OBJECT];
  if (!is_started || !name_descriptor(file, object)) return REAL(close)(file);
  enum fate fate = point("close", object);
  int code = errno, result = REAL(close)(file);
  if (fate == FAIL) {
    errno = code;
    return -1;
  }
  return END(result);
}

int poll(struct pollfd *list, nfds_t count, int timeout) {
  char object[OBJECT];
  if (!is_started || !count || !name_descriptor(list[0].fd, object)) return REAL(poll)(list, count, timeout);
  return point("poll", object) == FAIL ? -1 : END(REAL(poll)(list, count, timeout));
}

// `create` is the `open` that may need space.
static enum fate opening(const char *path, int flags) {
  char object[OBJECT];
  if (!is_started || !name_path(path, object)) return CALL;
  bool is_nameless = (flags & O_TMPFILE) == O_TMPFILE;
  return point(flags & O_CREAT || is_nameless ? "create" : "open", is_nameless ? "a nameless file" : object);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opening(path, flags) == FAIL ? -1 : END(REAL(open)(path, flags, permissions));
}

int openat(int folder, const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opening(path, flags) == FAIL ? -1 : END(REAL(openat)(folder, path, flags, permissions));
}

int fcntl(int file, int command, ...) {
  char object[OBJECT];
  va_list more;
  va_start(more, command);
  void *value = va_arg(more, void *);
  va_end(more);
  const char *call = command == F_DUPFD_CLOEXEC || command == F_DUPFD ? "dup" : "fcntl";
  if (!is_started || !name_descriptor(file, object)) return REAL(fcntl)(file, command, value);
  return point(call, object) == FAIL ? -1 : END(REAL(fcntl)(file, command, value));
}

#define CREATES(name, parameters, what, ...)                                   \
  WRAP(name, int, parameters, strcpy(object, what), -1, , __VA_ARGS__)
CREATES(socketpair, (int domain, int type, int protocol, int ends[2]), "socket pair", domain, type, protocol, ends)
CREATES(socket, (int domain, int type, int protocol), domain == AF_UNIX ? "socket pair" : "network", domain, type, protocol)
CREATES(pipe, (int ends[2]), "pipe", ends)
CREATES(kill, (pid_t id, int number), "a process", id, number)
CREATES(waitpid, (pid_t id, int *status, int options), "a process", id, status, options)

// Workers get an environment of their own: the faults are added to it.
int posix_spawn(pid_t *id, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const words[], char *const variables[]) {
  if (is_started && point("posix_spawn", "a process") == FAIL) return errno;
  int count = 0, more = 0;
  while (variables[count]) count++;
  char *all[count + 10], name[64];
  memcpy(all, variables, count * sizeof *all);
  for (char **each = environ; *each && more < 8; each++)
    if (!strncmp(*each, "LD_PRELOAD=", 11) || (!strncmp(*each, "FAULTS_", 7) && strncmp(*each, "FAULTS_ROLE=", 12)))
      all[count + more++] = *each;
  snprintf(name, sizeof name, "FAULTS_ROLE=worker%d", atomic_fetch_add(&workers, 1) + 1);
  all[count + more++] = name;
  all[count + more] = NULL;
  int code = REAL(posix_spawn)(id, path, actions, attributes, words, all);
  return END(code);
}

// Only the wall clock: the others cannot be set.
int clock_gettime(clockid_t clock, struct timespec *time) {
  if (is_started && clock == CLOCK_REALTIME && point("clock_gettime", "the wall clock") == FAIL) return -1;
  int result = REAL(clock_gettime)(clock, time);
  if (clock == CLOCK_REALTIME) time->tv_sec += atomic_load(&skew);
  return END(result);
}

// The kernel does not know of the skew: an absolute deadline on the wall clock is in the program's time.
static struct timespec unskewed(const struct timespec *end) {
  bool is_wall = end->tv_sec > 1000000000;
  return (struct timespec){end->tv_sec - (is_wall ? atomic_load(&skew) : 0), end->tv_nsec};
}

int sem_timedwait(sem_t *semaphore, const struct timespec *end) {
  struct timespec real = unskewed(end);
  return REAL(sem_timedwait)(semaphore, &real);
}

int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *end) {
  struct timespec real = unskewed(end);
  return REAL(pthread_cond_timedwait)(condition, mutex, &real);
}

int setitimer(__itimer_which_t which, const struct itimerval *value, struct itimerval *old) {
  const char *divisor = getenv("FAULTS_TIMER");
  if (is_started && point("setitimer", "the watchdog") == FAIL) return -1;
  struct itimerval faster = *value;
  if (divisor) {
    long long each = atoll(divisor), parts[2];
    parts[0] = (value->it_interval.tv_sec * 1000000LL + value->it_interval.tv_usec) / each;
    parts[1] = (value->it_value.tv_sec * 1000000LL + value->it_value.tv_usec) / each;
    faster = (struct itimerval){{parts[0] / 1000000, parts[0] % 1000000}, {parts[1] / 1000000, parts[1] % 1000000}};
  }
  return END(REAL(setitimer)(which, &faster, old));
}

static int (*main_of_program)(int, char **, char **);

static int main_with_faults(int count, char **words, char **variables) {
  is_started = true;
  return main_of_program(count, words, variables);
}

// Runs before any code of the program: reads the plan, and lets counting begin at `main`.
int __libc_start_main(int (*program)(int, char **, char **), int count, char **words, void (*a)(void), void (*b)(void),
                      void (*c)(void), void *stack) {
  int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void), void *) =
      dlsym(RTLD_NEXT, "__libc_start_main");
  const char *path = getenv("FAULTS_LOG"), *offset = getenv("FAULTS_CLOCK"), *name = getenv("FAULTS_ROLE");
  root = getenv("FAULTS_ROOT");
  planned = getenv("FAULTS_POINT");
  mode = getenv("FAULTS_MODE");
  argument = getenv("FAULTS_ARGUMENT");
  if (name) role = name;
  if (offset) atomic_store(&skew, atol(offset));
  if (path) {
    int low = syscall(SYS_open, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    // A worker closes every descriptor below 256.
    log_file = syscall(SYS_fcntl, low, F_DUPFD_CLOEXEC, 256);
    syscall(SYS_close, low);
  }
  main_of_program = program;
  return start(main_with_faults, count, words, a, b, c, stack);
}
