//! A server on 127.0.0.1 that answers as a test wants: what stands at an endpoint that is not, or not quite, AWS.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers: status, further header lines, body.
    Answer(u16, Vec<String>, String),
    /// Closes the connection without a word.
    Hangup,
    /// Never answers.
    Silence,
    /// Connects the client with the host that a `CONNECT` names, as a proxy does.
    Tunnel,
}

/// A server that runs as long as this value lives; its requests are kept.
pub struct Server {
    /// Its URL.
    pub url: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(act: impl Fn(&Request) -> Act + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (act, kept) = (Arc::new(act), Arc::clone(&seen));
        // The thread ends with the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (act, kept) = (Arc::clone(&act), Arc::clone(&kept));
                thread::spawn(move || {
                    // A client that goes away in the middle is none of the server's business.
                    let _ = serve(&stream, act.as_ref(), &kept);
                });
            }
        });
        Ok(Self { url, seen })
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: &TcpStream, act: &dyn Fn(&Request) -> Act, kept: &Mutex<Vec<Request>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let request = read(&mut reader)?;
        kept.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request.clone());
        match act(&request) {
            Act::Hangup => return stream.shutdown(Shutdown::Both),
            Act::Silence => loop {
                thread::park();
            },
            Act::Tunnel => return tunnel(&request, reader, stream),
            Act::Answer(status, headers, body) => {
                let mut answer = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
                for header in headers {
                    answer.push_str(&header);
                    answer.push_str("\r\n");
                }
                let mut stream = stream;
                stream.write_all(format!("{answer}\r\n{body}").as_bytes())?;
            }
        }
    }
}

fn tunnel(request: &Request, mut from: impl Read, mut to: &TcpStream) -> io::Result<()> {
    let host = request.line.split(' ').nth(1).unwrap_or_default();
    let there = TcpStream::connect(host)?;
    to.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let (mut answers, mut back) = (there.try_clone()?, to.try_clone()?);
    thread::spawn(move || {
        let copied = io::copy(&mut answers, &mut back);
        back.shutdown(Shutdown::Write).and(copied)
    });
    io::copy(&mut from, &mut &there)?;
    there.shutdown(Shutdown::Write)
}

fn read(reader: &mut impl BufRead) -> io::Result<Request> {
    let mut line = || {
        let mut line = String::new();
        match reader.read_line(&mut line)? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            _ => Ok(line.trim_end().to_owned()),
        }
    };
    let mut request = Request {
        line: line()?,
        ..Request::default()
    };
    loop {
        let header = line()?;
        let Some((name, value)) = header.split_once(':') else {
            break;
        };
        request
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length: u64 = request.header("content-length").parse().unwrap_or(0);
    reader.take(length).read_to_string(&mut request.body)?;
    Ok(request)
}
