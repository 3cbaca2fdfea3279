//! What a process that reads strangers' bytes may still do: compute, read what it holds open, write to its parent, and nothing else.
//!
//! Limits on memory, CPU time and files hold on every Unix; those on memory and time are set anew for each photograph, from outside
//! ([`allow`]) where the system can, so that what is confined cannot raise them. On Linux the process also ends with its parent, loses all files and TCP ports
//! (Landlock), and keeps only the few system calls that computing takes (seccomp); whatever else it tries is refused with `EPERM` rather
//! than killed, so that a library that asks in vain goes on. An older kernel gives less, which is said in [`Confined`], not hidden.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// What a process may use from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Most address space in bytes.
    pub memory_bytes: u64,
    /// Most CPU time in seconds, beside what it has used; the process is killed at the end of it.
    pub cpu_seconds: u64,
}

/// What holds this process back, beside the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Confined {
    /// No file can be opened and no TCP port used.
    pub landlock: bool,
    /// Only system calls for computing and answering are left.
    pub seccomp: bool,
}

/// Confines this process, for good. It must still have a single thread; `parent` is the process that must still be there, where it is known.
///
/// # Errors
///
/// When a limit cannot be set, or the parent is already gone. A kernel without Landlock or seccomp is no error.
pub fn confine(parent: Option<u32>, allowance: Allowance) -> io::Result<Confined> {
    end_with_parent(parent)?;
    // Should the machine run out of memory, it is this that goes, and never the server. Where that cannot be said, it goes by size, as ever.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    setrlimit(Resource::Fsize, none)?;
    // Landlock and seccomp need a descriptor and a little memory themselves, so these come last but one.
    let landlock = without_files();
    setrlimit(Resource::Nofile, none)?;
    allow_myself(allowance)?;
    let seccomp = without_system_calls();
    Ok(Confined { landlock, seccomp })
}

/// The limits of an allowance to a process that has used `used` seconds of CPU time.
///
/// Of both only the soft limit, which seccomp keeps the process from raising: at the soft limit on CPU time it dies of SIGXCPU, which
/// says why, and the next photograph gets another.
fn limits(allowance: Allowance, used: u64) -> [(Resource, Rlimit); 2] {
    let soft = |most: u64| Rlimit {
        current: Some(most),
        maximum: None,
    };
    [
        (Resource::As, soft(allowance.memory_bytes)),
        (Resource::Cpu, soft(used.saturating_add(allowance.cpu_seconds))),
    ]
}

/// Gives this process an allowance.
///
/// # Errors
///
/// When the system refuses.
pub fn allow_myself(allowance: Allowance) -> io::Result<()> {
    use rustix::time::{ClockId, clock_gettime};

    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    for (resource, limit) in limits(allowance, used.saturating_add(1)) {
        setrlimit(resource, limit)?;
    }
    Ok(())
}

/// Gives a child an allowance, in place of the one it had; says whether the system can do that from outside, else the child has to do it.
///
/// # Errors
///
/// When the child is gone or the system refuses.
#[cfg(target_os = "linux")]
pub fn allow(child: u32, allowance: Allowance) -> io::Result<bool> {
    use rustix::process::{Pid, prlimit};

    let pid = i32::try_from(child).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    for (resource, limit) in limits(allowance, used_seconds(child)?.saturating_add(1)) {
        prlimit(Some(pid), resource, limit)?;
    }
    Ok(true)
}

/// Whole seconds of CPU time that a process has used.
///
/// Source: proc(5): fields 14 and 15 of `stat`, counted from 1, in ticks of which Linux shows programs 100 a second.
#[cfg(target_os = "linux")]
fn used_seconds(process: u32) -> io::Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is the program's name in brackets, which may hold anything.
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = |at: usize| fields.split_ascii_whitespace().nth(at)?.parse::<u64>().ok();
    let (user, system) = ticks(11)
        .zip(ticks(12))
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(user.saturating_add(system) / 100)
}

/// Gives a child an allowance from outside, which this system cannot do.
///
/// # Errors
///
/// None.
#[cfg(not(target_os = "linux"))]
pub fn allow(_child: u32, _allowance: Allowance) -> io::Result<bool> {
    Ok(false)
}

#[cfg(target_os = "linux")]
fn end_with_parent(parent: Option<u32>) -> io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};

    set_parent_process_death_signal(Some(Signal::KILL))?;
    // The parent may have ended before the line above.
    let actual = getppid().and_then(|pid| u32::try_from(pid.as_raw_nonzero().get()).ok());
    match parent {
        Some(parent) if actual != Some(parent) => Err(io::Error::other("the parent is gone")),
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_parent: Option<u32>) -> io::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn without_files() -> bool {
    use landlock::{ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus, Scope};

    let ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V5))
        .and_then(|ruleset| ruleset.handle_access(AccessNet::from_all(ABI::V5)))
        .and_then(|ruleset| ruleset.scope(Scope::from_all(ABI::V6)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self);
    ruleset.is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

#[cfg(not(target_os = "linux"))]
fn without_files() -> bool {
    false
}

/// The system calls that are left. Memory that can be executed cannot be asked for, and signals reach only this process.
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
fn without_system_calls() -> bool {
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen::Dword, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch,
    };

    const FREE: [i64; 29] = [
        libc::SYS_brk,
        libc::SYS_clock_gettime,
        libc::SYS_clock_nanosleep,
        libc::SYS_close,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_fstat,
        libc::SYS_futex,
        libc::SYS_getpid,
        libc::SYS_getrandom,
        libc::SYS_gettid,
        libc::SYS_lseek,
        libc::SYS_madvise,
        libc::SYS_mremap,
        libc::SYS_munmap,
        libc::SYS_nanosleep,
        libc::SYS_pread64,
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_restart_syscall,
        libc::SYS_rseq,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sched_getaffinity,
        libc::SYS_sched_yield,
        libc::SYS_sigaltstack,
        libc::SYS_write,
        libc::SYS_writev,
    ];
    let program = || -> Result<BpfProgram, seccompiler::BackendError> {
        let executable = u64::from(libc::PROT_EXEC.unsigned_abs());
        let plain_memory = || {
            SeccompRule::new(vec![SeccompCondition::new(
                2,
                Dword,
                SeccompCmpOp::MaskedEq(executable),
                0,
            )?])
        };
        let own = u64::from(std::process::id());
        let to_itself = SeccompRule::new(vec![SeccompCondition::new(0, Dword, SeccompCmpOp::Eq, own)?])?;
        let mut rules: std::collections::BTreeMap<i64, Vec<SeccompRule>> =
            FREE.into_iter().map(|call| (call, Vec::new())).collect();
        rules.insert(libc::SYS_mmap, vec![plain_memory()?]);
        rules.insert(libc::SYS_mprotect, vec![plain_memory()?]);
        rules.insert(libc::SYS_tgkill, vec![to_itself]);
        let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
        let arch = TargetArch::try_from(std::env::consts::ARCH)?;
        SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch)?.try_into()
    };
    program().is_ok_and(|program| seccompiler::apply_filter(&program).is_ok())
}

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
)))]
fn without_system_calls() -> bool {
    false
}
