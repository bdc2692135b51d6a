// SPDX-License-Identifier: Apache-2.0
//! One valid encoding of every function of every interface.

use super::{planck, BALTATHAR};
use openledger_precompiles::{
    interfaces::{IAttribution, IDatanets, IDemocracy, IInference, IModelRegistry, IPowers, IWorkers},
    Place,
};
use pallet_revive::precompiles::alloy::sol_types::{SolCall, SolInterface};

/// An encoded call.
pub struct Encoded {
    pub place: Place,
    pub signature: &'static str,
    pub writes: bool,
    pub bytes: Vec<u8>,
}

struct Collected(Vec<Encoded>);

impl Collected {
    fn write<C: SolCall>(&mut self, place: Place, call: C) -> &mut Self {
        self.push(place, call, true)
    }

    fn view<C: SolCall>(&mut self, place: Place, call: C) -> &mut Self {
        self.push(place, call, false)
    }

    fn push<C: SolCall>(&mut self, place: Place, call: C, writes: bool) -> &mut Self {
        self.0.push(Encoded {
            place,
            signature: C::SIGNATURE,
            writes,
            bytes: call.abi_encode(),
        });
        self
    }
}

pub fn licence() -> IDatanets::Licence {
    IDatanets::Licence {
        id: "OPENLEDGER-TRAIN-1.0".into(),
        training: true,
        commercial: true,
        contributorSharePpm: 500_000,
        expiresAt: 0,
        text: [9; 32].into(),
    }
}

pub fn create(policy: IDatanets::Policy) -> IDatanets::createCall {
    IDatanets::createCall {
        name: "digits".into(),
        modality: IDatanets::Modality::Tabular,
        licence: licence(),
        policy,
        contributionDeposit: planck(crate::constants::OPEN),
        curators: vec![BALTATHAR.address()],
    }
}

pub fn spec() -> IModelRegistry::Spec {
    IModelRegistry::Spec {
        artifact: [1; 32].into(),
        config: [2; 32].into(),
        format: IModelRegistry::Format::Onnx,
        inputType: IModelRegistry::InputType::Numbers,
        inputWidth: 64,
        outputBytes: 40,
        queryLen: 4,
        classes: 10,
        comparator: IModelRegistry::Comparator {
            rule: IModelRegistry::Rule::Tolerance,
            absoluteTolerance: 2,
            relativePpm: 0,
        },
        royaltyPpm: 0,
        trainingConfig: [3; 32].into(),
        attribution: IModelRegistry::Attribution {
            root: [4; 32].into(),
            index: [5; 32].into(),
            features: [6; 32].into(),
            rows: 10,
            passages: 0,
        },
        evaluation: IModelRegistry::Evaluation::default(),
    }
}

/// All of them.
pub fn every_call() -> Vec<Encoded> {
    let mut all = Collected(Vec::new());
    datanets(&mut all);
    model_registry(&mut all);
    inference(&mut all);
    attribution(&mut all);
    workers(&mut all);
    democracy(&mut all);
    powers(&mut all);
    all.0
}

fn datanets(all: &mut Collected) {
    use IDatanets::*;
    let (datanet, contribution, who) = (7, 7, BALTATHAR.address());
    all.write(Place::Datanets, create(Policy::Open))
        .write(
            Place::Datanets,
            contributeCall {
                datanet,
                content: [1; 32].into(),
                size: 10,
                mediaType: "text/csv".into(),
                leafCount: 1,
            },
        )
        .write(
            Place::Datanets,
            acceptCall {
                datanet,
                contribution,
            },
        )
        .write(
            Place::Datanets,
            acceptMeasuredCall {
                datanet,
                contribution,
                novelty: Novelty {
                    sharePpm: 1,
                    method: NoveltyMethod::Rows,
                    against: 0,
                    evidence: [1; 32].into(),
                },
            },
        )
        .write(
            Place::Datanets,
            rejectCall {
                datanet,
                contribution,
                reason: RejectReason::Junk,
                note: "".into(),
            },
        )
        .write(
            Place::Datanets,
            withdrawCall {
                datanet,
                contribution,
            },
        )
        .write(
            Place::Datanets,
            revokeCall {
                datanet,
                contribution,
            },
        )
        .write(Place::Datanets, publishVersionCall { datanet })
        .write(
            Place::Datanets,
            grantAccessCall {
                datanet,
                who,
                expiresAt: 0,
            },
        )
        .write(Place::Datanets, revokeAccessCall { datanet, who })
        .write(Place::Datanets, transferOwnershipCall { datanet, to: who })
        .write(Place::Datanets, acceptOwnershipCall { datanet })
        .write(
            Place::Datanets,
            setPausedCall {
                datanet,
                paused: true,
            },
        )
        .view(Place::Datanets, datanetCountCall {})
        .view(Place::Datanets, getDatanetCall { datanet })
        .view(Place::Datanets, getLicenceCall { datanet })
        .view(
            Place::Datanets,
            getContributionCall {
                datanet,
                contribution,
            },
        )
        .view(
            Place::Datanets,
            noveltyOfCall {
                datanet,
                contribution,
            },
        )
        .view(
            Place::Datanets,
            contributionOfCall {
                datanet,
                content: [1; 32].into(),
            },
        )
        .view(Place::Datanets, getVersionCall { datanet, version: 1 })
        .view(Place::Datanets, mayTrainCall { datanet, who })
        .view(Place::Datanets, grantOfCall { datanet, who });
}

fn model_registry(all: &mut Collected) {
    use IModelRegistry::*;
    let (place, model, to) = (Place::ModelRegistry, 7, BALTATHAR.address());
    let (sources, price) = (Vec::<Source>::new(), planck(1));
    all.write(
        place,
        registerBaseCall {
            spec: spec(),
            sources: sources.clone(),
            price,
        },
    )
    .write(
        place,
        registerAdapterCall {
            spec: spec(),
            parents: vec![0],
            sources,
            price,
        },
    )
    .write(place, setPriceCall { model, price })
    .write(place, setPausedCall { model, paused: true })
    .write(place, deprecateCall { model })
    .write(place, transferOwnershipCall { model, to })
    .write(place, acceptOwnershipCall { model })
    .view(place, modelCountCall {})
    .view(place, getModelCall { model })
    .view(place, getSpecCall { model })
    .view(place, getParentsCall { model })
    .view(place, getSourcesCall { model })
    .view(place, getRoyaltiesCall { model });
}

fn inference(all: &mut Collected) {
    use IInference::*;
    let (place, model, id, consumer) = (Place::Inference, 7, 7, BALTATHAR.address());
    let (max_fee, committee, threshold) = (planck(1), 1, 1);
    all.write(
        place,
        requestCall {
            model,
            input: vec![1].into(),
            maxFee: max_fee,
            committee,
            threshold,
        },
    )
    .write(
        place,
        requestStoredCall {
            model,
            inputHash: [1; 32].into(),
            maxFee: max_fee,
            committee,
            threshold,
        },
    )
    .write(
        place,
        requestWithCallbackCall {
            model,
            input: vec![1].into(),
            maxFee: max_fee,
            committee,
            threshold,
            gasLimit: 1,
            depositLimit: planck(1),
        },
    )
    .write(place, cancelCall { id })
    .write(
        place,
        commitCall {
            id,
            commitment: [1; 32].into(),
        },
    )
    .write(
        place,
        revealCall {
            id,
            output: vec![1].into(),
            query: vec![-1],
            entries: vec![],
            salt: [1; 32].into(),
        },
    )
    .write(place, pokeCall { id })
    .view(place, requestCountCall {})
    .view(place, getRequestCall { id })
    .view(place, getAnswerCall { id })
    .view(place, getCommitteeCall { id })
    .view(place, quoteCall { model, committee })
    .view(
        place,
        quoteCallbackCall {
            gasLimit: 1,
            depositLimit: planck(1),
        },
    )
    .view(place, callbackOfCall { id })
    .view(place, openRequestsCall { consumer })
    .view(place, currentTickCall {});
}

fn attribution(all: &mut Collected) {
    use IAttribution::*;
    let (place, account, request) = (Place::Attribution, BALTATHAR.address(), 7);
    all.write(place, claimCall { entries: vec![] })
        .write(
            place,
            claimForCall {
                account,
                entries: vec![],
            },
        )
        .write(place, pruneCall { request })
        .write(place, collectStandingCall { entries: vec![] })
        .write(place, releasePoolCall { model: 0 })
        .view(place, claimableCall { account })
        .view(
            place,
            pendingOfCall {
                model: 0,
                datanet: 0,
                contribution: 0,
            },
        )
        .view(
            place,
            standingOfCall {
                datanet: 0,
                version: 1,
                contribution: 0,
            },
        )
        .view(place, explainCall { request })
        .view(place, modelBookCall { model: 0 })
        .view(place, totalsCall {});
    challenges(all);
}

fn challenges(all: &mut Collected) {
    use IAttribution::*;
    let (place, request, datanet, contribution) = (Place::Attribution, 7, 0, 0);
    all.write(
        place,
        challengeCall {
            request,
            datanet,
            contribution,
        },
    )
    .write(
        place,
        showPlaceCall {
            request,
            datanet,
            contribution,
            release: Release::default(),
            ordinal: 0,
            places: vec![ReleasePlace::default()],
            proof: vec![[1; 32].into()],
        },
    )
    .write(
        place,
        openRowsCall {
            request,
            datanet,
            contribution,
            first: 0,
            rows: vec![1; 32].into(),
            proof: vec![[1; 32].into()],
        },
    )
    .write(
        place,
        closeChallengeCall {
            request,
            datanet,
            contribution,
        },
    )
    .write(
        place,
        refuteOutputCall {
            request,
            head: vec![1; 32].into(),
        },
    )
    .write(
        place,
        refuteSpansCall {
            request,
            release: TextRelease {
                header: vec![1; 54].into(),
                table: [1; 32].into(),
                text: [2; 32].into(),
                counts: [3; 32].into(),
            },
            flaw: Flaw {
                kind: FlawKind::Sums,
                from: 0,
                count: 0,
                position: 0,
                ours: Window {
                    firstLeaf: 0,
                    tokens: vec![].into(),
                    proof: vec![],
                },
                theirs: Window {
                    firstLeaf: 0,
                    tokens: vec![].into(),
                    proof: vec![],
                },
                tokenCount: 0,
                ordinal: 0,
                proof: vec![],
                question: vec![].into(),
                document: vec![],
            },
            documents: vec![],
        },
    )
    .view(
        place,
        challengeOfCall {
            request,
            datanet,
            contribution,
        },
    )
    .view(place, disputeOfCall { request })
    .view(place, reportOfCall { request });
}

fn workers(all: &mut Collected) {
    use IWorkers::*;
    let (place, model, account) = (Place::Workers, 7, BALTATHAR.address());
    all.write(
        place,
        registerCall {
            kernelClass: KernelClass::Generic,
            memoryMib: 1,
            engineVersion: "1".into(),
            bond: planck(1),
        },
    )
    .write(place, bondMoreCall { amount: planck(1) })
    .write(place, hostCall { model })
    .write(place, unhostCall { model })
    .write(place, heartbeatCall {})
    .write(place, chillCall {})
    .write(place, resumeCall {})
    .write(place, unbondCall {})
    .write(place, withdrawUnbondedCall {})
    .view(place, isWorkerCall { account })
    .view(place, getWorkerCall { account })
    .view(place, hostsOfCall { model });
}

fn democracy(all: &mut Collected) {
    use IDemocracy::*;
    let (place, who, referendum, amount) = (Place::Democracy, BALTATHAR.address(), 7, planck(1));
    let hash = [1; 32].into();
    all.write(
        place,
        notePreimageCall {
            encodedCall: vec![1].into(),
        },
    )
    .write(place, unnotePreimageCall { proposalHash: hash })
    .write(
        place,
        proposeCall {
            proposalHash: hash,
            length: 1,
            deposit: amount,
        },
    )
    .write(place, secondCall { proposal: 7 })
    .write(
        place,
        voteCall {
            referendum,
            aye: true,
            conviction: Conviction::Locked1x,
            balance: amount,
        },
    )
    .write(
        place,
        voteSplitCall {
            referendum,
            ayeBalance: amount,
            nayBalance: amount,
        },
    )
    .write(place, removeVoteCall { referendum })
    .write(
        place,
        removeOtherVoteCall {
            voter: who,
            referendum,
        },
    )
    .write(
        place,
        delegateCall {
            to: who,
            conviction: Conviction::None,
            balance: amount,
        },
    )
    .write(place, undelegateCall {})
    .write(place, unlockCall { account: who })
    .view(place, proposalCountCall {})
    .view(place, getProposalsCall {})
    .view(place, referendumCountCall {})
    .view(place, getReferendumCall { referendum })
    .view(
        place,
        voteOfCall {
            voter: who,
            referendum,
        },
    )
    .view(place, delegationOfCall { account: who });
}

fn powers(all: &mut Collected) {
    use IPowers::*;
    let (place, who) = (Place::Powers, BALTATHAR.address());
    let shares = Shares {
        platform: 100_000,
        workers: 200_000,
        lineage: 200_000,
        contributors: 500_000,
    };
    all.write(
        place,
        spendCall {
            beneficiary: who,
            amount: planck(1),
        },
    )
    .write(place, splitFeesCall { shares })
    .write(place, featureCall { datanets: vec![7] })
    .view(place, powersOfCall { account: who })
    .view(place, feeSharesCall {})
    .view(place, featuredCall {});
}

#[test]
fn the_list_has_every_function_once() {
    let all = every_call();
    for (place, selectors) in [
        (Place::Datanets, selectors::<IDatanets::IDatanetsCalls>()),
        (
            Place::ModelRegistry,
            selectors::<IModelRegistry::IModelRegistryCalls>(),
        ),
        (Place::Inference, selectors::<IInference::IInferenceCalls>()),
        (Place::Attribution, selectors::<IAttribution::IAttributionCalls>()),
        (Place::Workers, selectors::<IWorkers::IWorkersCalls>()),
        (Place::Democracy, selectors::<IDemocracy::IDemocracyCalls>()),
        (Place::Powers, selectors::<IPowers::IPowersCalls>()),
    ] {
        let mut listed: Vec<_> = all
            .iter()
            .filter(|call| call.place == place)
            .map(|call| call.bytes[..4].to_vec())
            .collect();
        listed.sort();
        assert_eq!(listed, selectors, "{place:?}");
    }
}

fn selectors<I: SolInterface>() -> Vec<Vec<u8>> {
    let mut selectors: Vec<_> = I::selectors().map(|selector| selector.to_vec()).collect();
    selectors.sort();
    selectors
}
