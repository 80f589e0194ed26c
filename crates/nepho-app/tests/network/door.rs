//! The local door: ends TLS for every host name, and hands the connection to the cloud that has it.

use std::{path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        server::{ClientHello, ResolvesServerCert},
        sign::CertifiedKey,
    },
};

/// Makes a certificate for each name that is asked for.
#[derive(Debug)]
struct Certificates {
    issuer: Issuer<'static, KeyPair>,
}

impl Certificates {
    /// A new authority, whose certificate is written to `file`.
    fn new(file: &Path) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        std::fs::write(file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key) }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_owned();
        let key = KeyPair::generate().ok()?;
        let certificate = CertificateParams::new(vec![name]).ok()?.signed_by(&key, &self.issuer).ok()?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let key = aws_lc_rs::sign::any_supported_type(&private).ok()?;
        Some(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)))
    }
}

/// Opens the door, whose authority is written to `file`; `upstream` is the port of a host's cloud.
pub async fn open(file: &Path, upstream: impl Fn(&str) -> u16 + Send + Sync + 'static) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Certificates::new(file)));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let upstream = Arc::new(upstream);
    #[expect(clippy::disallowed_methods, reason = "the door is not part of the program")]
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, upstream) = (acceptor.clone(), Arc::clone(&upstream));
            tokio::spawn(async move {
                // A client that does not trust the authority ends the connection; its test fails.
                let Ok(mut outer) = acceptor.accept(stream).await else { return };
                let name = outer.get_ref().1.server_name().unwrap_or_default().to_owned();
                let Ok(mut inner) = TcpStream::connect(("127.0.0.1", upstream(&name))).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
            });
        }
    });
    port
}
