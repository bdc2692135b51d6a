// SPDX-License-Identifier: Apache-2.0
//! The child's side: limits first, then one request after another.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::fd::{AsFd, AsRawFd, IntoRawFd},
    process::ExitCode,
};

use nix::unistd::close;
use openledger_engine::{instruction_set, Engine, EngineError, Limits, Model, ModelId, Schema};

use crate::{
    process::close_inherited_files,
    program::restore_short_name,
    protocol::{self, FrameError, Request, Response},
    ProcessLimits,
};

/// The argument that makes a program the executor child (see [`run_child_if_asked`]).
pub const CHILD_ARGUMENT: &str = "executor-child";

/// Exit code after a breach of the protocol or a limit that cannot be set.
const EXIT_BROKEN: u8 = 3;
/// Models kept ready at the same time.
const MAX_MODELS: usize = 16;
/// Kept models take at most this part of the memory limit by the size of their files: plans cost as much again and
/// more, and a model must not die for the memory of others.
const MEMORY_PARTS: u64 = 8;

/// Becomes the executor child when the first argument of the program is [`CHILD_ARGUMENT`]: `main` returns the code
/// at once. Call it first in `main`, before any thread is started or any file is opened.
pub fn run_child_if_asked() -> Option<ExitCode> {
    (std::env::args_os().nth(1)? == CHILD_ARGUMENT).then(|| {
        restore_short_name();
        child_main()
    })
}

/// The executor child: serves requests on standard input until it ends. Not for people.
pub fn child_main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("executor child: {error}");
            ExitCode::from(EXIT_BROKEN)
        }
    }
}

fn serve() -> Result<(), FrameError> {
    close_inherited_files()?;
    let mut output = take_standard_output()?;
    let mut input = io::stdin().lock();
    let Some(mut server) = Server::start(&mut input)? else {
        return Ok(());
    };
    let ready = Response::Ready {
        instruction_set: instruction_set(),
    };
    protocol::write(&mut output, &ready, &[], 0)?;
    while let Some((request, payload)) = protocol::read(&mut input, server.max_payload)? {
        server.process.grant_cpu()?;
        let (response, payload) = server.answer(request, payload)?;
        protocol::write(&mut output, &response, &payload, server.max_payload)?;
    }
    Ok(())
}

/// The pipe to the parent. What a library prints from now on does not reach it.
fn take_standard_output() -> io::Result<File> {
    let pipe = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    close(io::stdout().as_raw_fd())?;
    // The lowest free number is given to the next file: it becomes the new standard output, until the process ends.
    let sink = OpenOptions::new().write(true).open("/dev/null")?.into_raw_fd();
    if sink != io::stdout().as_raw_fd() {
        return Err(io::Error::other("standard output cannot be replaced"));
    }
    Ok(pipe)
}

struct Server {
    process: ProcessLimits,
    max_payload: u32,
    engine: Engine,
    /// Most recently used first, with the size of the file in bytes.
    models: Vec<(Model, u64)>,
}

impl Server {
    /// Reads the first frame and sets its limits; `None` when the parent left before.
    fn start(input: &mut impl Read) -> Result<Option<Self>, FrameError> {
        match protocol::read(input, 0)? {
            Some((
                Request::Start {
                    process,
                    max_payload_bytes,
                },
                _,
            )) => {
                process.apply()?;
                let engine = Engine::default();
                Ok(Some(Self {
                    process,
                    max_payload: max_payload_bytes,
                    engine,
                    models: Vec::new(),
                }))
            }
            Some(_) => Err(out_of_order("the first frame must be `Start`")),
            None => Ok(None),
        }
    }

    fn answer(&mut self, request: Request, payload: Vec<u8>) -> Result<(Response, Vec<u8>), FrameError> {
        match request {
            Request::Start { .. } => Err(out_of_order("`Start` came twice")),
            Request::Load {
                model,
                schema,
                limits,
            } => Ok((self.load(model, schema, &limits, payload), Vec::new())),
            Request::Run { model, schema, rows } => {
                let input = protocol::to_numbers(&payload).ok_or_else(|| out_of_order("the input is cut"))?;
                Ok(match self.run(model, schema, &input, rows) {
                    Some(Ok(output)) => (Response::Output, protocol::to_bytes(&output)),
                    Some(Err(error)) => (Response::Refused(error), Vec::new()),
                    None => (Response::NotLoaded, Vec::new()),
                })
            }
        }
    }

    fn load(&mut self, id: ModelId, schema: Schema, limits: &Limits, bytes: Vec<u8>) -> Response {
        self.forget(|model| model.id() == id);
        self.make_room(bytes.len() as u64);
        match self.engine.load(&bytes, &schema, limits) {
            Ok(model) if model.id() != id => {
                self.engine.plans().forget(model.id());
                Response::WrongBytes { found: model.id() }
            }
            Ok(model) => {
                self.models.insert(0, (model, bytes.len() as u64));
                Response::Loaded
            }
            Err(error) => Response::Refused(error),
        }
    }

    fn run(
        &mut self,
        id: ModelId,
        schema: Schema,
        input: &[f32],
        rows: usize,
    ) -> Option<Result<Vec<f32>, EngineError>> {
        let position = self
            .models
            .iter()
            .position(|(model, _)| model.id() == id && model.schema() == schema)?;
        self.models[..=position].rotate_right(1);
        self.models.first().map(|(model, _)| model.run(input, rows))
    }

    /// Drops the models used longest ago until one more of `incoming` bytes fits.
    fn make_room(&mut self, incoming: u64) {
        let budget = self.process.memory_bytes / MEMORY_PARTS;
        let kept = |models: &[(Model, u64)]| models.iter().map(|(_, size)| size).sum::<u64>();
        while !self.models.is_empty()
            && (self.models.len() >= MAX_MODELS || kept(&self.models).saturating_add(incoming) > budget)
        {
            if let Some((model, _)) = self.models.pop() {
                self.engine.plans().forget(model.id());
            }
        }
    }

    fn forget(&mut self, which: impl Fn(&Model) -> bool) {
        let engine = &self.engine;
        self.models.retain(|(model, _)| {
            let gone = which(model);
            if gone {
                engine.plans().forget(model.id());
            }
            !gone
        });
    }
}

fn out_of_order(reason: &str) -> FrameError {
    FrameError::Pipe(io::Error::new(io::ErrorKind::InvalidData, reason))
}
