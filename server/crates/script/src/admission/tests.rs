use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use super::*;

fn admission(shared: usize, most: usize, per_tenant: usize) -> Admission {
    Admission::new(Places { shared, most, per_tenant })
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A place that is there at once.
fn enter(admission: &Admission, tenant: &str) -> Option<Permit> {
    match poll(pin!(admission.enter(tenant))) {
        Poll::Ready(permit) => permit,
        Poll::Pending => None,
    }
}

#[test]
fn a_tenant_has_its_share_and_is_forgotten_afterwards() {
    let admission = admission(3, 3, 2);
    let first = enter(&admission, "a").unwrap();
    let second = enter(&admission, "a").unwrap();
    assert!(enter(&admission, "a").is_none());
    let other = enter(&admission, "b").unwrap();
    assert!(enter(&admission, "c").is_none(), "all places are taken");
    drop((first, other));
    assert!(enter(&admission, "a").is_some());
    drop(second);
    assert_eq!(admission.taken(), 0);
    assert!(lock(&admission.0).tenants.is_empty());
}

#[test]
fn the_first_place_of_a_tenant_is_not_taken_from_those_that_all_share() {
    let admission = admission(16, 256, 4);
    let tenants: Vec<String> = (0..4).map(|n| format!("crowd {n}")).collect();
    let crowd: Vec<_> = tenants.iter().flat_map(|name| (0..4).map(|_| enter(&admission, name))).collect();
    assert!(crowd.iter().all(Option::is_some));
    let fifth = enter(&admission, "fifth").unwrap();
    assert!(enter(&admission, "fifth").is_none(), "its second is one of the shared");
    let many: Vec<_> = (0..100).map(|n| enter(&admission, &format!("tenant {n}"))).collect();
    assert!(many.iter().all(Option::is_some));
    drop(fifth);
    assert!(enter(&admission, "fifth").is_some());
}

#[test]
fn of_those_that_wait_the_one_that_holds_least_goes_first_however_many_came_before() {
    let admission = admission(2, 2, 2);
    let held = [enter(&admission, "crowd").unwrap(), enter(&admission, "other").unwrap()];
    let mut crowd: Vec<_> = (0..50).map(|_| Box::pin(admission.enter("crowd"))).collect();
    assert!(crowd.iter_mut().all(|waiting| poll(waiting.as_mut()).is_pending()));
    let mut late = Box::pin(admission.enter("late"));
    assert!(poll(late.as_mut()).is_pending());
    let [of_crowd, other] = held;
    drop(other);
    let Poll::Ready(Some(late)) = poll(late.as_mut()) else { panic!("the crowd was served first") };
    // Both hold nothing now: the one that was served longest ago goes first.
    let mut again = Box::pin(admission.enter("late"));
    assert!(poll(again.as_mut()).is_pending());
    drop(of_crowd);
    let served = crowd.iter_mut().position(|waiting| poll(waiting.as_mut()).is_ready());
    assert_eq!(served, Some(0));
    assert!(poll(again.as_mut()).is_pending());
    drop(late);
    assert!(poll(again.as_mut()).is_ready());
}

#[test]
fn requests_that_have_left_the_queue_are_passed_over() {
    let admission = admission(1, 1, 1);
    let held = enter(&admission, "a").unwrap();
    let mut left: Vec<_> = (0..3).map(|_| Box::pin(admission.enter("b"))).collect();
    assert!(left.iter_mut().all(|waiting| poll(waiting.as_mut()).is_pending()));
    let mut stays = Box::pin(admission.enter("c"));
    assert!(poll(stays.as_mut()).is_pending());
    drop(left.split_off(1));
    drop(held);
    // Granted to the first of `b`, which leaves without taking it.
    drop(left);
    assert!(poll(stays.as_mut()).is_ready());
}

#[test]
fn a_tenant_that_asks_for_too_much_is_refused_at_once_and_others_are_not() {
    let admission = admission(1, 1, 1);
    let _held = enter(&admission, "a").unwrap();
    let mut waiting: Vec<_> = (0..WAITING_PER_PLACE).map(|_| Box::pin(admission.enter("a"))).collect();
    assert!(waiting.iter_mut().all(|waiting| poll(waiting.as_mut()).is_pending()));
    assert!(matches!(poll(pin!(admission.enter("a"))), Poll::Ready(None)));
    assert!(poll(pin!(admission.enter("b"))).is_pending());
    waiting.pop();
    assert!(poll(pin!(admission.enter("a"))).is_pending());
}
