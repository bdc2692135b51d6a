// SPDX-License-Identifier: Apache-2.0
//! Starts the built node as a development chain and talks to it through its ports.

use codec::{Compact, Encode};
use jsonrpsee::{
    core::{
        client::{ClientT, Subscription, SubscriptionClientT},
        ClientError,
    },
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use serde_json::Value;
use sp_core::{sr25519, Pair, H256};
use sp_crypto_hashing::blake2_256;
use sp_keyring::Sr25519Keyring;
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::{sleep, timeout, Instant};

/// How long a node may take to answer its first call: the runtime is compiled first.
const START_TIMEOUT: Duration = Duration::from_secs(180);
/// How long anything else may take.
const TIMEOUT: Duration = Duration::from_secs(60);
const ONE_OPEN: u128 = 1_000_000_000_000_000_000;

struct Node {
    child: Child,
    rpc_port: u16,
    ethereum_port: u16,
    log: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A node with these flags, or nothing if it was built without the runtime's code.
fn start(flags: &[&str]) -> Option<Node> {
    if openledger_runtime::WASM_BINARY.is_none() {
        eprintln!("skipped: built with SKIP_OPENLEDGER_RUNTIME_WASM_BUILD, there is no runtime to run");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (rpc_port, ethereum_port) = (free_port(), free_port());
    let log = folder.path().join("node.log");
    let output = std::fs::File::create(&log).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_openledger-node"))
        .args(["--dev", "--no-prometheus", "--no-telemetry"])
        .args([
            "--rpc-port",
            &rpc_port.to_string(),
            "--eth-rpc-port",
            &ethereum_port.to_string(),
        ])
        .args(["--port", &free_port().to_string(), "--base-path"])
        .arg(folder.path())
        .args(flags)
        .stdin(Stdio::null())
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    Some(Node {
        child,
        rpc_port,
        ethereum_port,
        log,
        _folder: folder,
    })
}

impl Node {
    async fn connect(&mut self, port: u16) -> WsClient {
        let until = Instant::now() + START_TIMEOUT;
        loop {
            if let Ok(client) = WsClientBuilder::default()
                .build(format!("ws://127.0.0.1:{port}"))
                .await
            {
                return client;
            }
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "the node ended ({ended:?}):\n{}",
                read(&self.log)
            );
            assert!(
                Instant::now() < until,
                "nobody listens on {port}:\n{}",
                read(&self.log)
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    async fn rpc(&mut self) -> WsClient {
        self.connect(self.rpc_port).await
    }

    async fn ethereum(&mut self) -> WsClient {
        self.connect(self.ethereum_port).await
    }

    async fn stop(mut self) -> ExitStatus {
        kill(
            Pid::from_raw(self.child.id().try_into().unwrap()),
            Signal::SIGTERM,
        )
        .unwrap();
        let until = Instant::now() + TIMEOUT;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < until,
                "the node ignores SIGTERM:\n{}",
                read(&self.log)
            );
            sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}

async fn call<T: serde::de::DeserializeOwned>(
    client: &WsClient,
    method: &str,
    params: jsonrpsee::core::params::ArrayParams,
) -> T {
    client
        .request(method, params)
        .await
        .unwrap_or_else(|error| panic!("{method}: {error}"))
}

async fn next_nonce(client: &WsClient, account: Sr25519Keyring) -> u32 {
    call(
        client,
        "system_accountNextIndex",
        rpc_params![account.to_account_id().to_string()],
    )
    .await
}

/// A signed transfer with the sender's next nonce.
async fn transfer(client: &WsClient, from: Sr25519Keyring, to: Sr25519Keyring, amount: u128) -> String {
    let nonce = next_nonce(client, from).await;
    transfer_at(client, from, to, amount, nonce).await
}

/// A signed transfer of `Balances`, encoded by hand: what travels is part of the chain's interface.
async fn transfer_at(
    client: &WsClient,
    from: Sr25519Keyring,
    to: Sr25519Keyring,
    amount: u128,
    nonce: u32,
) -> String {
    let genesis: H256 = call(client, "chain_getBlockHash", rpc_params![0]).await;
    let version: Value = call(client, "state_getRuntimeVersion", rpc_params![]).await;
    let number = |name: &str| u32::try_from(version[name].as_u64().unwrap()).unwrap();

    let mut body = vec![10u8, 3, 0];
    body.extend(to.to_account_id().encode());
    Compact(amount).encode_to(&mut body);
    // Immortal era, nonce, tip, no metadata hash.
    let extra = (0u8, Compact(nonce), Compact(0u128), 0u8).encode();
    let implicit = (
        number("specVersion"),
        number("transactionVersion"),
        genesis,
        genesis,
        None::<H256>,
    )
        .encode();
    let mut payload = [body.as_slice(), &extra, &implicit].concat();
    if payload.len() > 256 {
        payload = blake2_256(&payload).to_vec();
    }
    let signature: sr25519::Signature = from.pair().sign(&payload);

    let mut extrinsic = vec![0x84u8, 0];
    extrinsic.extend(from.to_account_id().encode());
    extrinsic.push(1);
    extrinsic.extend(signature.0);
    extrinsic.extend(extra);
    extrinsic.extend(body);
    sp_core::bytes::to_hex(&extrinsic.encode(), false)
}

/// Submits and waits until it is final; the hash of its block.
async fn finalised(client: &WsClient, extrinsic: String) -> H256 {
    let mut progress: Subscription<Value> = client
        .subscribe(
            "author_submitAndWatchExtrinsic",
            rpc_params![extrinsic],
            "author_unwatchExtrinsic",
        )
        .await
        .unwrap();
    let wait = async {
        loop {
            let status = progress.next().await.expect("a status").unwrap();
            if let Some(block) = status.get("finalized") {
                return serde_json::from_value(block.clone()).unwrap();
            }
            let word = status.as_str().unwrap_or_default();
            assert!(!["invalid", "dropped", "usurped"].contains(&word), "{status}");
        }
    };
    timeout(TIMEOUT, wait)
        .await
        .expect("the transaction is sealed and final")
}

async fn height(client: &WsClient) -> u64 {
    let header: Value = call(client, "chain_getHeader", rpc_params![]).await;
    u64::from_str_radix(header["number"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn error_code(error: ClientError) -> i32 {
    match error {
        ClientError::Call(error) => error.code(),
        other => panic!("another error: {other}"),
    }
}

#[tokio::test]
async fn a_lonely_transaction_makes_a_block_and_blocks_share_a_slot_without_running_ahead() {
    // Without idle blocks only the transactions themselves can make blocks.
    let Some(mut node) = start(&["--idle-block-ms", "0", "--no-eth-rpc"]) else {
        return;
    };
    let client = node.rpc().await;
    let started = SystemTime::now();
    let mut blocks = Vec::new();
    for _ in 0..5 {
        let extrinsic = transfer(&client, Sr25519Keyring::Alice, Sr25519Keyring::Bob, ONE_OPEN).await;
        blocks.push(finalised(&client, extrinsic).await);
    }
    blocks.dedup();
    assert_eq!(
        blocks.len(),
        5,
        "each transaction came alone and has a block of its own"
    );
    assert_eq!(height(&client).await, 5, "nothing else made a block");

    let key = sp_core::bytes::to_hex(
        &[
            sp_crypto_hashing::twox_128(b"Timestamp"),
            sp_crypto_hashing::twox_128(b"Now"),
        ]
        .concat(),
        false,
    );
    let stored: String = call(&client, "state_getStorage", rpc_params![key]).await;
    let bytes: [u8; 8] = sp_core::bytes::from_hex(&stored).unwrap().try_into().unwrap();
    let chain = UNIX_EPOCH + Duration::from_millis(u64::from_le_bytes(bytes));
    assert!(
        chain >= started - Duration::from_millis(1) && chain <= SystemTime::now(),
        "the clock is the wall's"
    );

    assert!(node.stop().await.success());
}

#[tokio::test]
async fn a_burst_right_after_a_block_loses_nothing() {
    const BURST: u32 = 150;
    let Some(mut node) = start(&["--idle-block-ms", "500", "--no-eth-rpc"]) else {
        return;
    };
    let client = node.rpc().await;
    let (alice, bob) = (Sr25519Keyring::Alice, Sr25519Keyring::Bob);
    for _ in 0..3 {
        let first = next_nonce(&client, alice).await;
        let mut burst = Vec::new();
        for nonce in first..first + BURST {
            burst.push(transfer_at(&client, alice, bob, ONE_OPEN, nonce).await);
        }
        let submit = burst
            .into_iter()
            .map(|extrinsic| client.request::<H256, _>("author_submitExtrinsic", rpc_params![extrinsic]));
        futures::future::try_join_all(submit).await.unwrap();
        let until = Instant::now() + TIMEOUT;
        while next_nonce(&client, alice).await < first + BURST || pending(&client).await > 0 {
            assert!(Instant::now() < until, "the burst is stuck:\n{}", read(&node.log));
            sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(node.stop().await.success());
}

async fn pending(client: &WsClient) -> usize {
    call::<Vec<String>>(client, "author_pendingExtrinsics", rpc_params![])
        .await
        .len()
}

#[tokio::test]
async fn idle_blocks_advance_the_chain_and_ethereum_sees_it() {
    let Some(mut node) = start(&["--idle-block-ms", "300"]) else {
        return;
    };
    let client = node.rpc().await;
    let mut heads: Subscription<Value> = client
        .subscribe(
            "chain_subscribeFinalizedHeads",
            rpc_params![],
            "chain_unsubscribeFinalizedHeads",
        )
        .await
        .unwrap();
    for _ in 0..4 {
        timeout(TIMEOUT, heads.next())
            .await
            .expect("an idle block")
            .unwrap()
            .unwrap();
    }

    let ethereum = node.ethereum().await;
    let chain_id: String = call(&ethereum, "eth_chainId", rpc_params![]).await;
    let expected = openledger_runtime::constants::EVM_CHAIN_ID;
    assert_eq!(
        u64::from_str_radix(chain_id.trim_start_matches("0x"), 16).unwrap(),
        expected
    );
    let (_, alith, _) = openledger_node::banner::ETHEREUM_ACCOUNTS[0];
    let balance: String = call(&ethereum, "eth_getBalance", rpc_params![alith, "latest"]).await;
    assert_ne!(balance, "0x0", "Alith has money at genesis");

    let ethereum_port = node.ethereum_port;
    assert!(node.stop().await.success());
    let until = Instant::now() + TIMEOUT;
    while std::net::TcpStream::connect(("127.0.0.1", ethereum_port)).is_ok() {
        assert!(Instant::now() < until, "the Ethereum server outlives the node");
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn manual_sealing_waits_for_its_command_and_our_namespace_answers() {
    let Some(mut node) = start(&["--sealing", "manual", "--no-eth-rpc"]) else {
        return;
    };
    let client = node.rpc().await;
    let extrinsic = transfer(&client, Sr25519Keyring::Alice, Sr25519Keyring::Bob, ONE_OPEN).await;
    let _: H256 = call(&client, "author_submitExtrinsic", rpc_params![extrinsic]).await;
    assert_eq!(height(&client).await, 0);
    let _: Value = call(&client, "engine_createBlock", rpc_params![false, true]).await;
    assert_eq!(height(&client).await, 1);
    let refused = client
        .request::<Value, _>("engine_createBlock", rpc_params![false, true])
        .await
        .unwrap_err();
    assert_eq!(
        error_code(refused),
        12_000,
        "an empty pool makes no block unless it is asked to"
    );
    assert_eq!(height(&client).await, 1);

    let id: String = call(&client, "openledger_putBlob", rpc_params!["0x6f6c"]).await;
    assert_eq!(id, sp_core::bytes::to_hex(&blake2_256(b"ol"), false));
    assert_eq!(
        call::<String>(&client, "openledger_getBlob", rpc_params![&id, "base64"]).await,
        "b2w="
    );
    let large = "A".repeat(6 << 20);
    let refused = client
        .request::<Value, _>("openledger_putBlob", rpc_params![large])
        .await
        .unwrap_err();
    assert_eq!(error_code(refused), 7001);

    let refused = client
        .request::<Value, _>("openledger_explain", rpc_params![77])
        .await
        .unwrap_err();
    assert_eq!(
        error_code(refused),
        7011,
        "a request that never was has no explanation"
    );
    let refused = client
        .request::<Value, _>("openledger_membershipProof", rpc_params![7, 1, 0])
        .await
        .unwrap_err();
    assert_eq!(error_code(refused), 7021);
    let worker = Sr25519Keyring::Alice.to_account_id().to_string();
    let open: Vec<Value> = call(&client, "openledger_openRequests", rpc_params![worker]).await;
    assert!(open.is_empty());

    assert!(node.stop().await.success());
}
