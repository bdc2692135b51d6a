// SPDX-License-Identifier: Apache-2.0
//! `IModelRegistry`: a base model, an adapter on top of it, and what their owners do.

use super::{
    calls::{create, spec},
    development_chain, forwarder, fund, last_log, planck, refused, through, Opcode, Somebody, ALITH,
    BALTATHAR, CHARLETH, DOROTHY,
};
use crate::{constants::OPEN, Runtime};
use openledger_precompiles::{
    interfaces::{
        IDatanets,
        IModelRegistry::{self, *},
    },
    Place::{self, ModelRegistry as AT},
};
use pallet_revive::precompiles::alloy::{
    primitives::{Address, U256},
    sol_types::SolCall,
};

/// Alith's open datanet with one version, as a source.
pub fn published_source() -> Source {
    ALITH.does(Place::Datanets, create(IDatanets::Policy::Open));
    BALTATHAR.does(
        Place::Datanets,
        IDatanets::contributeCall {
            datanet: 0,
            content: [1; 32].into(),
            size: 1_000,
            mediaType: "text/csv".into(),
            leafCount: 10,
        },
    );
    ALITH.does(Place::Datanets, IDatanets::publishVersionCall { datanet: 0 });
    let licence = ALITH
        .calls(Place::Datanets, IDatanets::getLicenceCall { datanet: 0 })
        .expect("it is there");
    Source {
        datanet: 0,
        version: 1,
        licenceHash: licence.termsHash,
        maxSharePpm: 500_000,
    }
}

/// A base model that is for sale.
pub fn base(price: U256) -> registerBaseCall {
    registerBaseCall {
        spec: spec(),
        sources: vec![published_source()],
        price,
    }
}

#[test]
fn a_registered_model_is_what_both_sides_read() {
    development_chain().execute_with(|| {
        let call = base(planck(10 * OPEN));
        let source = call.sources[0].clone();
        assert_eq!(CHARLETH.calls(AT, call), Ok(0));
        assert_eq!(ALITH.calls(AT, modelCountCall {}), Ok(1));
        let native = pallet_model_registry::Models::<Runtime>::get(0).expect("it is stored");

        let shown = ALITH.calls(AT, getModelCall { model: 0 }).expect("it is there");
        assert_eq!(
            (shown.owner, shown.offeredTo),
            (CHARLETH.address(), Address::ZERO)
        );
        assert_eq!((shown.kind, shown.status), (Kind::Base, Status::Active));
        assert_eq!((shown.price, shown.commercial), (planck(10 * OPEN), true));
        assert_eq!(shown.versionHash.0, native.version_hash.0);
        assert_eq!(ALITH.calls(AT, getSpecCall { model: 0 }), Ok(spec()));
        assert_eq!(ALITH.calls(AT, getSourcesCall { model: 0 }), Ok(vec![source]));
        assert_eq!(ALITH.calls(AT, getParentsCall { model: 0 }), Ok(vec![]));

        let log: ModelRegistered = last_log(AT);
        assert_eq!(
            (log.model, log.owner, log.kind),
            (0, CHARLETH.address(), Kind::Base)
        );
        assert_eq!(
            (log.price, log.versionHash),
            (planck(10 * OPEN), shown.versionHash)
        );
    });
}

#[test]
fn an_adapter_pays_its_parents_owner() {
    development_chain().execute_with(|| {
        let mut call = base(planck(10 * OPEN));
        call.spec.royaltyPpm = 100_000;
        let sources = call.sources.clone();
        CHARLETH.does(AT, call);
        let adapter = |parents| registerAdapterCall {
            spec: IModelRegistry::Spec {
                format: Format::Safetensors,
                ..spec()
            },
            parents,
            sources: sources.clone(),
            price: U256::ZERO,
        };
        refused(DOROTHY.calls(AT, adapter(vec![])), "ModelRegistry.NoParent");
        refused(
            DOROTHY.calls(AT, adapter(vec![5])),
            "ModelRegistry.ParentNotFound",
        );
        refused(DOROTHY.calls(AT, adapter(vec![0; 33])), "Precompile.TooLong");
        assert_eq!(DOROTHY.calls(AT, adapter(vec![0])), Ok(1));

        let shown = ALITH.calls(AT, getModelCall { model: 1 }).expect("it is there");
        assert_eq!((shown.kind, shown.depth), (Kind::Adapter, 1));
        assert_eq!((shown.ancestorsPpm, shown.price), (100_000, U256::ZERO));
        assert_eq!(ALITH.calls(AT, getParentsCall { model: 1 }), Ok(vec![0]));
        let royalty = Royalty {
            model: 0,
            ppm: 100_000,
        };
        assert_eq!(ALITH.calls(AT, getRoyaltiesCall { model: 1 }), Ok(vec![royalty]));
    });
}

#[test]
fn an_owner_prices_pauses_hands_over_and_deprecates() {
    development_chain().execute_with(|| {
        CHARLETH.does(AT, base(planck(10 * OPEN)));
        let price = |price| setPriceCall { model: 0, price };
        refused(
            ALITH.calls(AT, price(planck(OPEN))),
            "ModelRegistry.NotAuthorized",
        );
        refused(CHARLETH.calls(AT, price(planck(1))), "ModelRegistry.PriceTooLow");
        CHARLETH.does(AT, price(U256::ZERO));
        let log: PriceSet = last_log(AT);
        assert_eq!(log.price, U256::ZERO);
        let native = pallet_model_registry::Models::<Runtime>::get(0).expect("it is stored");
        assert_eq!(native.price, None);

        CHARLETH.does(
            AT,
            setPausedCall {
                model: 0,
                paused: true,
            },
        );
        let log: PausedSet = last_log(AT);
        assert!(log.paused);
        let shown = ALITH.calls(AT, getModelCall { model: 0 }).expect("it is there");
        assert_eq!(shown.status, Status::Paused);

        let to = DOROTHY.address();
        CHARLETH.does(AT, transferOwnershipCall { model: 0, to });
        let log: OwnershipOffered = last_log(AT);
        assert_eq!(log.to, to);
        refused(
            ALITH.calls(AT, acceptOwnershipCall { model: 0 }),
            "ModelRegistry.NotAuthorized",
        );
        DOROTHY.does(AT, acceptOwnershipCall { model: 0 });
        let log: OwnershipTransferred = last_log(AT);
        assert_eq!((log.from, log.to), (CHARLETH.address(), to));

        DOROTHY.does(AT, deprecateCall { model: 0 });
        let log: ModelDeprecated = last_log(AT);
        assert_eq!(log.model, 0);
        refused(
            DOROTHY.calls(
                AT,
                setPausedCall {
                    model: 0,
                    paused: false,
                },
            ),
            "ModelRegistry.Deprecated",
        );
    });
}

#[test]
fn what_the_pallet_refuses_has_the_pallets_name() {
    development_chain().execute_with(|| {
        let valid = base(planck(10 * OPEN));
        let with = |change: fn(&mut registerBaseCall)| {
            let mut call = valid.clone();
            change(&mut call);
            CHARLETH.calls(AT, call)
        };
        refused(
            with(|call| call.spec.inputWidth = 0),
            "ModelRegistry.InvalidInputSchema",
        );
        refused(
            with(|call| call.spec.attribution.rows = 0),
            "ModelRegistry.InvalidAttribution",
        );
        refused(
            with(|call| call.spec.comparator.rule = Rule::Exact),
            "Precompile.InvalidArgument",
        );
        refused(
            with(|call| call.spec.royaltyPpm = 1_000_001),
            "Precompile.ShareAboveOne",
        );
        refused(
            with(|call| call.sources[0].licenceHash = [0; 32].into()),
            "ModelRegistry.LicenceChanged",
        );
        refused(
            with(|call| call.sources[0].version = 2),
            "ModelRegistry.VersionNotFound",
        );
        refused(
            with(|call| call.sources[0].maxSharePpm = 1),
            "ModelRegistry.ShareAboveBound",
        );
        refused(
            ALITH.calls(AT, getModelCall { model: 9 }),
            "ModelRegistry.NotFound",
        );
    });
}

#[test]
fn a_contract_cannot_own_what_it_could_not_answer_for() {
    development_chain().execute_with(|| {
        let call = base(planck(10 * OPEN));
        let contract = forwarder(Opcode::Call);
        fund(contract, 1_000 * OPEN);
        let by_contract = |call: &[u8]| ALITH.sends(contract, 0, through(AT, call));
        let adapter = registerAdapterCall {
            spec: call.spec.clone(),
            parents: vec![0],
            sources: call.sources.clone(),
            price: U256::ZERO,
        };
        for refused in [call.abi_encode(), adapter.abi_encode()] {
            assert_eq!(by_contract(&refused), Err("Precompile.OwnerIsContract".into()));
        }

        // without attribution there is nothing to answer for
        let mut plain = call.clone();
        plain.spec.attribution = Default::default();
        plain.spec.queryLen = 0;
        assert!(by_contract(&plain.abi_encode()).is_ok());

        assert_eq!(CHARLETH.calls(AT, call), Ok(1));
        let offer = transferOwnershipCall {
            model: 1,
            to: Somebody(contract).address(),
        };
        CHARLETH.does(AT, offer);
        let accept = acceptOwnershipCall { model: 1 }.abi_encode();
        assert_eq!(by_contract(&accept), Err("Precompile.OwnerIsContract".into()));
    });
}
